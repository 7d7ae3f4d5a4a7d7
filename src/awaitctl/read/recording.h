/* SPDX-License-Identifier: MIT */
/* From a source that is read to what it tells of its recording. */
#pragma once

#include "awaitctl/read/findings.h"
#include "awaitctl/read/reading.h"
#include "symbols/symbols.h"

/*
 * Takes all events into findings, whose `all`, `chosen` and `slowest` are set;
 * twice, if a part of its time is chosen, since that is told by its ends.
 * symbols learns where files were mapped; NULL: nobody will ask. Returns 0, or
 * says why there is nothing to tell and returns EXIT_FAILED.
 */
int recording_read(struct findings *findings, struct reading *reading,
		   size_t source, struct symbols *symbols);

/*
 * Then, as it is known which processes count: takes them once more, into
 * another model, which begins as 0, and tells what happens to the awaits of
 * those (change.h). What changes point to, but for awaits, stays as long as
 * that. told() returns 0, or something else to be told nothing more: then -1 is
 * returned, else 0.
 */
int recording_tell(const struct findings *findings, struct reading *reading,
		   size_t source, struct lives *again,
		   int (*told)(void *data, const struct lives_change *change),
		   void *data);

/* SPDX-License-Identifier: MIT */
/*
 * Which bytes of a sub-buffer are events, when some that were begun were never
 * committed. Behind one of those others lie that were: of other threads, which
 * went on. LTTng's own reader stops at the first.
 *
 * Where events begin is found by walking: each is as long as its fields are,
 * and is followed by another. Where none is, an event is missing, and the next
 * place is looked for that several follow from. One that is missing may look
 * like one, however: when its thread had written it and not committed it. Then
 * more was not committed than was found, and it is the last one of its thread.
 */
#pragma once

#include "ctf/event_size.h"

#include <stdbool.h>
#include <stdint.h>

struct shm_subbuf;

enum { GAPS_SPANS = 64 };

struct span {
	uint64_t from, to; /* in the sub-buffer */
	uint64_t begin;	   /* time of the first event, or before it */
	uint64_t end;	   /* of the last one; 0: not known */
};

struct gaps {
	struct span spans[GAPS_SPANS];
	unsigned count;
	uint64_t time; /* of the last event */
	bool sure; /* the spans are all that was committed, and nothing else */
};

void gaps_find(struct gaps *gaps, const struct stream_layout *stream,
	       const struct shm_subbuf *subbuf, uint64_t head_size);

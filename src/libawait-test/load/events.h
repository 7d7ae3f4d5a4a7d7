/* SPDX-License-Identifier: MIT */
/*
 * From events of LTTng to records. What an event does not say is taken from
 * earlier ones: where its await was made, which run ends, in which await's
 * function its thread is. So all events of the process are taken, also those
 * before `since`, which make no records.
 */
#pragma once

#include "lives/events_known.h"
#include "libawait-test/load/load.h"

#include "libawait-test/load/known.h"
#include "libawait-test/records/given_names.h"
#include "symbols/symbols.h"

enum { PROCESSES_MAX = 16 };

struct loaded {
	struct await_trace trace; /* first: what users have */
	struct known known;
	struct symbols symbols;
	struct given_names names;
};

struct loading {
	struct loaded *to;
	size_t records_room, stacks_room;
	uint64_t since; /* of the tracer's clock */
	int64_t vpid;
	bool vpid_known; /* if not, the first process is taken */
	/* Those with events of awaits; there may be more than there is room
	 * for. */
	int64_t vpids[PROCESSES_MAX];
	size_t vpid_count;
	bool has_vpid;	 /* vpid is one of them */
	int64_t process; /* what symbols call it */
	uint32_t seen;	 /* for events_known() */
	struct trouble why_foreign;
	bool foreign;	    /* why_foreign says why; all else is unknown */
	bool out_of_memory; /* everything else is incomplete then */
};

/* For reader_read(); data is a struct loading. */
void events_take(void *data, const struct trace_event *event);
void events_mapped_file(void *data, const struct mapped_file *file);
void events_lost(void *data, uint64_t count);

/* After the last: gives events that came before their await was named its
 * name. */
void events_finish(struct loading *loading);

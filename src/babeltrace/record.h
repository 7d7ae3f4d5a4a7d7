/* SPDX-License-Identifier: MIT */
/*
 * What a process that decodes streams tells the one that merges them, as bytes.
 * Each record has the time and the rank of its stream (merge.h), by which
 * records are in order. Hosts have numbers of the process's own: a record tells
 * of a host before the first event from it.
 */
#pragma once

#include "common/mapped_file.h"
#include "lives/event.h"

#include <stdbool.h>

enum record_type {
	RECORD_HOST,
	RECORD_FILE,
	RECORD_EVENT,
	RECORD_PACKET_END, /* of the trace */
	RECORD_DISCARDED,
	/* The last: all was read; it broke off; or it could not be opened. */
	RECORD_DONE,
	RECORD_BROKEN,
	RECORD_NOT_OPENED,
};

enum { RECORD_SIZE_MAX = 1 << 30 };

/* How each begins. */
struct record {
	uint32_t size; /* of all of it, a multiple of 8 */
	uint32_t type;
	uint32_t rank;
	uint32_t trace; /* the number of its trace */
	int64_t time;
};

struct record_host {
	uint64_t pid_ns;
	const char *trace_id; /* the same for parts of one trace */
	const char *name, *session;
};

/* A record that is made; its bytes are those of the next one, too. Begins as 0.
 */
struct record_bytes {
	uint8_t *bytes;
	size_t used, room;
};

/* Those that make one return 0, or -1 without memory. Those that take one apart
 * return 0, or -1 if it is none: its process has gone wrong. What they hand out
 * lies in it, or is "". */
int record_make(struct record_bytes *to, const struct record *head);
int record_make_host(struct record_bytes *to, const struct record *head,
		     const struct record_host *host);
int record_make_event(struct record_bytes *to, const struct record *head,
		      uint32_t host, const struct trace_event *event);
int record_make_file(struct record_bytes *to, const struct record *head,
		     const struct mapped_file *file);
int record_make_discarded(struct record_bytes *to, const struct record *head,
			  uint64_t count);
/* RECORD_BROKEN, RECORD_NOT_OPENED */
int record_make_cause(struct record_bytes *to, const struct record *head,
		      const char *cause);

int record_host(const struct record *record, struct record_host *host);
/* All but its process and what its host is called. */
int record_event(const struct record *record, uint32_t *host,
		 struct trace_event *event);
/* Its process has its host's number of the other process. */
int record_file(const struct record *record, struct mapped_file *file);
int record_discarded(const struct record *record, uint64_t *count);
int record_cause(const struct record *record, const char **cause);

/* SPDX-License-Identifier: MIT */
/*
 * The packets of a trace of Perfetto, by its protobuf (trace_packet.proto,
 * track_event.proto, track_descriptor.proto): descriptors of tracks, and events
 * on them.
 */
#pragma once

#include "awaitctl/export/args.h"
#include "awaitctl/export/protobuf.h"

/* Of TrackEvent. */
enum packet_type {
	PACKET_BEGIN = 1,
	PACKET_END = 2,
	PACKET_INSTANT = 3,
	PACKET_COUNTER = 4,
};

struct packets {
	FILE *out;
	struct proto packet, event, part, inner; /* under way */
	bool any;
};

/* An event is begun, gets more, and is ended. name: NULL for an end. */
void packets_begin(struct packets *to, enum packet_type type, uint64_t track,
		   const char *category, const char *name);
/* args: for the event that is under way. */
struct args packets_args(struct packets *to);
/* It is on that flow, whose last it may be. 0: no flow. */
void packets_flow(struct packets *to, uint64_t flow, bool last);
void packets_end(struct packets *to, int64_t time);

void packets_counter(struct packets *to, uint64_t track, int64_t time,
		     int64_t value);

void packets_process(struct packets *to, uint64_t track, int64_t pid,
		     const char *name);
void packets_thread(struct packets *to, uint64_t track, int64_t pid,
		    int64_t tid);
/* A further one. parent: 0 for none. */
void packets_track(struct packets *to, uint64_t track, uint64_t parent,
		   const char *name, bool counter);

void packets_free(struct packets *to);

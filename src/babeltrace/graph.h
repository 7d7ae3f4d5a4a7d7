/* SPDX-License-Identifier: MIT */
/*
 * The babeltrace2 graph that reads traces: a source for each, and a sink of our
 * own that has an input for each stream. The sink takes the messages of all
 * streams in the order of time (merge.h) and hands them over
 * (message_event.h). Several processes may each have such a graph, with a share
 * of the streams: whose streams those are that are not connected, nobody
 * decodes.
 */
#pragma once

#include "babeltrace/merge.h"
#include "babeltrace/message_event.h"
#include "babeltrace/reader.h"
#include "babeltrace/traces.h"

#include <babeltrace2/babeltrace.h>

/* The streams that are k of n, from 0, by their number. */
struct graph_share {
	uint32_t k, n;
};

struct graph_stream {
	struct graph *graph;
	uint32_t rank;	/* its number among those of all shares */
	uint32_t trace; /* the number of its trace */
	const bt_port_output *port;
	bt_message_iterator *iterator;
	/* What it gave last; from `next` on not taken. */
	bt_message_array_const messages;
	uint64_t count, next;
	int64_t time; /* of the last that was taken or is to be */
};

struct graph {
	struct graph_share share;
	bt_graph *graph;
	const bt_plugin *ctf;
	bt_component_class_sink *class;
	const bt_component_sink *sink;
	uint32_t traces, ranks; /* that there are, up to now */
	/* Those of the share. */
	struct graph_stream **streams;
	size_t stream_count;
	struct merge merge;
	const struct graph_stream *current; /* whose message is taken */
	size_t begun; /* streams whose first messages are there */
	/* Told of the end of a packet of the current stream, in place of
	 * reader_calls; or NULL. */
	void (*packet_end)(void *data, int64_t time);
	struct message_events events;
};

enum decoded {
	DECODED,
	DECODED_BROKEN,	    /* not all of it */
	DECODED_NOT_OPENED, /* nothing */
	DECODED_DIED,	    /* its process ended before */
};

/* graph: all 0, but for its share and what it tells. Unless all is decoded the
 * causes are in babeltrace2's error of the thread. Close it in any case. */
enum decoded graph_read(struct graph *graph, const struct traces *traces,
			const struct reader_calls *calls, void *data);
void graph_close(struct graph *graph);

/* Takes the thread's error and copies its innermost cause. */
void graph_take_error(char *cause, size_t size);

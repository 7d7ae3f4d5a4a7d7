/* SPDX-License-Identifier: MIT */
/*
 * The babeltrace2 graph that reader.c describes: a source for each trace, a
 * muxer that puts their events in order of time, and a sink that hands them
 * over (message_event.h).
 */
#pragma once

#include "babeltrace/message_event.h"
#include "babeltrace/reader.h"

#include <babeltrace2/babeltrace.h>

struct graph {
	bt_graph *graph;
	const bt_plugin *ctf, *utils;
	bt_component_class_sink *class;
	const bt_component_filter *muxer;
	const bt_component_sink *sink;
	bt_message_iterator *messages;
	uint64_t inputs; /* of the muxer that are taken */
	struct message_events events;
};

/* All return 0, or -1 with the causes in babeltrace2's error of the thread.
 * close() follows open() even if that failed. */
int graph_open(struct graph *graph, const struct reader_calls *calls,
	       void *data);
int graph_add_trace(struct graph *graph, const char *path, int length);
int graph_run(struct graph *graph);
void graph_close(struct graph *graph);

/* Takes the thread's error and copies its innermost cause. */
void graph_take_error(char *cause, size_t size);

/* SPDX-License-Identifier: MIT */
/*
 * The sink of a graph: it has an input for each of the graph's streams, and
 * takes their messages in the order of time.
 */
#pragma once

#include "babeltrace/graph.h"

/* When all streams are known. Returns 0, or -1 with the causes in babeltrace2's
 * error of the thread. */
int graph_sink_add(struct graph *graph);

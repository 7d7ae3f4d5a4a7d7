/* SPDX-License-Identifier: MIT */
/*
 * The index of a stream, index/STREAM.idx: where LTTng has written its packets.
 * babeltrace2 2.0 aborts the process when an index leads past the stream's end,
 * and does not notice that whole packets are missing; so it is checked first.
 */
#pragma once

#include <stdbool.h>

/* Whether all packets that the index at path lists are in its stream. True if
 * it is no index, or cannot be read. */
bool index_holds(const char *path);

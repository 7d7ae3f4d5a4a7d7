/* SPDX-License-Identifier: MIT */
/*
 * The index of a stream, index/STREAM.idx: where LTTng has written its packets.
 * babeltrace2 2.0 aborts the process when an index leads past the stream's end,
 * and does not notice that whole packets are missing; so it is checked first.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>

/* The path of the stream whose index is at path. False if that is none. */
bool index_stream(const char *path, char stream[PATH_MAX]);

/* Whether all packets that the index at path lists are in its stream. True if
 * it is no index, or cannot be read. */
bool index_holds(const char *path);

/* SPDX-License-Identifier: MIT */
/*
 * LTTng writes for each stream of a trace where its packets lie, in
 * index/STREAM.idx. babeltrace2 2.0 aborts the process when that leads past
 * the stream's end, and does not notice that whole packets are missing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the stream has all packets that the index at path lists. True for
 * what is no such index. */
bool index_holds(const char *path);

/* Where in the stream that packet begins and ends which is back packets before
 * the last one that the index lists. False if there is none. */
bool index_entry(const char *path, size_t back, uint64_t *begin, uint64_t *end);

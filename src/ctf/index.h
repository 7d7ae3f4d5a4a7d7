/* SPDX-License-Identifier: MIT */
/*
 * LTTng writes for each stream of a trace where its packets lie, in
 * index/STREAM.idx. babeltrace2 2.0 aborts the process when that leads past
 * the stream's end, and does not notice that whole packets are missing.
 */
#pragma once

#include <stdbool.h>

/* Whether the stream has all packets that the index at path lists. True for
 * what is no such index. */
bool index_holds(const char *path);

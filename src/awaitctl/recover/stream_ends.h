/* SPDX-License-Identifier: MIT */
/*
 * When LTTng stops a session it ends each stream with a packet of what its
 * sub-buffer has by then, or of nothing, in which the events are counted that
 * were discarded last. It has no room for that in a buffer that is full then.
 */
#pragma once

#include "awaitctl/tracedir/folder.h"

#include <stdbool.h>
#include <stdint.h>

/* The time of traces: that of CLOCK_MONOTONIC, in nanoseconds. */
uint64_t stream_ends_now(void);

/* Whether all streams in a directory end so, after that time. */
bool stream_ends_after(const struct folder *output, uint64_t time);

/* SPDX-License-Identifier: MIT */
/*
 * How long the events of a trace are, from its metadata, the text that LTTng
 * keeps beside the ring buffers: what is needed to find where events begin
 * where that is not known. Reading traces is babeltrace2's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lengths;

struct lengths_event {
	size_t size;
	uint64_t time;
	int pid, thread; /* vpid and vtid, or 0 */
};

/* NULL if there is something in it that is not understood, as what no version
 * of LTTng-UST that this was written for writes, or no memory. */
struct lengths *lengths_read(const char *path);
void lengths_free(struct lengths *lengths);

/* The event of a stream that begins there, when the one before it, or the
 * packet, had that time. False if none does: by its number and its texts, or if
 * it does not end in time. */
bool lengths_measure(const struct lengths *lengths, uint32_t stream,
		     const char *bytes, size_t left, uint64_t before,
		     struct lengths_event *event);

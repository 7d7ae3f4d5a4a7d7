/* SPDX-License-Identifier: MIT */
/*
 * Bytes that are written in another order than they come: each thread's by
 * themselves, behind those of the thread before. Until all are there they are
 * in a file without a name, in which each stream is a chain of blocks; one
 * block of each is in memory. What goes wrong with it ends the process.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { SPILL_BLOCK = 1024 };

struct spill {
	FILE *file;
	int64_t size;
};

struct spill_block {
	int64_t next; /* where the one after it is */
	char bytes[SPILL_BLOCK - sizeof(int64_t)];
};

/* Begins as 0. */
struct spill_stream {
	struct spill_block *block;
	int64_t first, at; /* the first block; this one */
	size_t used;	   /* bytes of it that were put or got */
	uint64_t put, got;
};

void spill_open(struct spill *spill);
void spill_put(struct spill *spill, struct spill_stream *stream,
	       const void *bytes, size_t size);

/* Nothing more is put; what was is got from the beginning, as often as that is
 * called. */
void spill_rewind(struct spill *spill, struct spill_stream *stream);

/* False at its end. */
bool spill_get(struct spill *spill, struct spill_stream *stream, void *bytes,
	       size_t size);

void spill_stream_free(struct spill_stream *stream);
void spill_close(struct spill *spill);

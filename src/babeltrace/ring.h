/* SPDX-License-Identifier: MIT */
/*
 * Bytes from one process to another, through memory that both have: one writes,
 * the other, which made the ring and then the process, reads. Whoever has to
 * wait reads a byte from a socket, which the other sends when it has made some
 * progress, and before it waits itself. The end of a process is the end of its
 * socket: what it had written before is read.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct ring {
	struct ring_shared *shared;
	int sockets[2];	  /* of the reader, of the writer */
	uint64_t done;	  /* bytes that this process has read or written */
	uint64_t told;	  /* of them, those that the other was told of */
	uint8_t *scratch; /* of the reader: what does not lie in one piece */
	size_t scratch_size;
};

/* Returns 0, or -1 with errno. */
int ring_make(struct ring *ring);

/* After the fork, in each of both. */
void ring_be_reader(struct ring *ring);
void ring_be_writer(struct ring *ring);

/* Returns 0, or -1: nobody reads any more. */
int ring_write(struct ring *ring, const void *bytes, size_t size);

/* The next bytes, valid until the next call. NULL: there are not so many before
 * the end of the writer; or no memory: then errno is ENOMEM, else 0. */
const void *ring_read(struct ring *ring, size_t size);

/* The same, but the next call has them, too. Of pieces whose sizes are
 * multiples of 8, the first 8 bytes or less. */
const void *ring_peek(struct ring *ring, size_t size);

void ring_free(struct ring *ring);

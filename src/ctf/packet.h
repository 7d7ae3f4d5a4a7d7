/* SPDX-License-Identifier: MIT */
/*
 * The packets of a stream, and the head that LTTng-UST writes at the begin of
 * each. Packets follow one another in the stream's file without a list of them,
 * so a file is read from its begin.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct packet_head {
	uint32_t magic;
	uint8_t trace[16];
	uint32_t stream;
	uint64_t instance;
	uint64_t begin, end; /* times; end is 0 until it is full */
	uint64_t content_size, packet_size; /* in bits; all ones until then */
	uint64_t number;
	uint64_t discarded; /* in 32-bit programs only 32 bits of that */
};

#define PACKET_MAGIC 0xc1fc1fc1u

/* In bytes; word is the program's. The number of the processor comes last. */
static inline uint64_t packet_head_size(unsigned word)
{
	return sizeof(struct packet_head) - 8 + word + 4;
}

enum packet_state {
	PACKET_WHOLE,
	PACKET_TORN,	    /* the file ends in it, or in zeros */
	PACKET_OVERWRITTEN, /* another begins in it: the disk had room again */
	PACKET_NONE,	    /* the file ends before it */
	PACKET_OTHER,	    /* no packet of LTTng, or it can't be read */
};

/* Reads the packet at *at in a stream's file. Of one that is whole or
 * overwritten, *head becomes the head, and *at the begin of the next. */
enum packet_state packet_next(int file, uint64_t *at, struct packet_head *head);

/* Whether the sizes of all packets that follow one another from the begin are
 * possible, up to one that has none yet. *at becomes the begin of the first one
 * whose are not: libbabeltrace2 would not end with it, or end the process. */
bool packet_sizes_possible(int file, uint64_t *at);

/* Steps over all packets, of which *overwritten are overwritten. *last becomes
 * the head of the last one; it stays as it was if there is none. Returns the
 * state of what follows, PACKET_NONE if nothing does. */
enum packet_state packet_last(int file, uint64_t *at, struct packet_head *last,
			      uint64_t *overwritten);

/* How many events the tracer had discarded by the end of the first packet of a
 * stream's file; 0 if it is none. word: the program's, in bytes. */
uint64_t packet_first_discarded(int file, unsigned word);

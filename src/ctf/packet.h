/* SPDX-License-Identifier: MIT */
/* As LTTng-UST lays out what each packet of a stream begins with. */
#pragma once

#include <stdint.h>

struct packet_head {
	uint32_t magic;
	uint8_t trace[16];
	uint32_t stream;
	uint64_t instance, begin, end;	    /* 0: not yet */
	uint64_t content_size, packet_size; /* in bits; or all set: not yet */
	uint64_t number;
	uint64_t discarded; /* in 32-bit programs only 32 bits of that */
};

#define PACKET_MAGIC 0xc1fc1fc1u

/* With the number of the processor behind it. */
static inline uint64_t packet_head_size(unsigned word)
{
	return sizeof(struct packet_head) - 8 + word + 4;
}

enum packet {
	PACKET_WHOLE,
	PACKET_TORN, /* the file ends in it */
	PACKET_CUT,  /* another begins in it: there was room again */
	PACKET_NONE, /* the file ends before it */
	PACKET_OTHER /* it is none of LTTng's, or can't be read */
};

/* What is at that place in the file of a stream. If it is a packet that is
 * whole or cut, its head is *head, and *at becomes where the next begins. */
enum packet packet_next(int file, uint64_t *at, struct packet_head *head);

/* Steps over all of those, *cut of which are cut; *last stays as it was if
 * there is none. */
enum packet packet_last(int file, uint64_t *at, struct packet_head *last,
			uint64_t *cut);

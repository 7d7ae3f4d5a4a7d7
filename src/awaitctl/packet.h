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

/* SPDX-License-Identifier: MIT */
/* What of procmem.h is made of memory_read_some(), wherever that reads. */
#include "process/procmem.h"

#include <string.h>

bool memory_read(struct memory *memory, uint64_t at, void *to, size_t size)
{
	return memory_read_some(memory, at, to, size) == size;
}

bool memory_string(struct memory *memory, uint64_t at, char *to, size_t size)
{
	size_t n = memory_read_some(memory, at, to, size);

	if (memchr(to, '\0', n))
		return true;
	to[n == size ? n - 1 : n] = '\0';
	return n == size;
}

uint32_t memory_u32(const uint8_t *at)
{
	uint32_t number;

	memcpy(&number, at, sizeof(number));
	return number;
}

uint64_t memory_u64(const uint8_t *at)
{
	uint64_t number;

	memcpy(&number, at, sizeof(number));
	return number;
}

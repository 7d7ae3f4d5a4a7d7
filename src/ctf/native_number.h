/* SPDX-License-Identifier: MIT */
/* Numbers in traces are in the byte order of the machine that wrote them; those
 * that are read here are of this one. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* That of as many bytes, at most 8. */
static inline uint64_t native_number(const char *bytes, size_t length)
{
	uint64_t value = 0;
	char *to = (char *)&value;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	to += sizeof(value) - length;
#endif
	memcpy(to, bytes, length);
	return value;
}

/* SPDX-License-Identifier: MIT */
/* See number.h. */
#include "common/number.h"

#include "common/assert.h"

#include <stddef.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

const char *number_prefix(const char *text, uint64_t max, uint64_t *value)
{
	uint64_t number = 0;

	if (!is_digit(*text))
		return NULL;
	for (; is_digit(*text); text++) {
		uint64_t digit = (uint64_t)(*text - '0');

		/* Compared this way round, nothing overflows. */
		if (digit > max || number > (max - digit) / 10)
			return NULL;
		number = number * 10 + digit;
	}
	*value = number;
	return text;
}

bool number_parse(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	uint64_t number;
	const char *rest = number_prefix(text, max, &number);

	ASSERT(min <= max);
	if (!rest || *rest || number < min)
		return false;
	*value = number;
	return true;
}

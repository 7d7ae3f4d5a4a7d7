/* SPDX-License-Identifier: MIT */
/* See array.h. */
#include "common/array.h"

#include <stdlib.h>

void *array_grow(void *array, size_t count, size_t size)
{
	if ((count & (count - 1)) != 0)
		return array;
	return reallocarray(array, count ? count * 2 : 1, size);
}

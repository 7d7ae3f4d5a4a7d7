/* SPDX-License-Identifier: MIT */
/*
 * Arrays that grow by one item at a time. Their room doubles whenever the count
 * of items is a power of two, so no capacity has to be kept: an array that is
 * grown here before each item is never grown in another way.
 */
#pragma once

#include <stddef.h>

/* Returns the array, perhaps elsewhere, with room for one item of that size
 * behind the first count. NULL when memory is out: the array is as it was. */
void *array_grow(void *array, size_t count, size_t size);

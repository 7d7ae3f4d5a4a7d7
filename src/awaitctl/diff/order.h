/* SPDX-License-Identifier: MIT */
/*
 * The order in which two threads wait, as two sequences of numbers in which
 * none comes twice. How many stand elsewhere is the least number that have to
 * be moved: what both have, less the longest part that is in the same order.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* In a sequence: what the other does not have. */
#define ORDER_ALONE UINT32_MAX

struct order {
	size_t same;   /* so many are the same before the first difference */
	size_t moved;  /* that both have, elsewhere */
	size_t only_a; /* that one alone has */
	size_t only_b;
};

/*
 * For each of A's, at which place of B's it stands, or ORDER_ALONE; count_b is
 * the length of B's. Returns 0, or -1 without memory.
 */
int order_compare(struct order *order, const uint32_t *places, size_t count_a,
		  size_t count_b);

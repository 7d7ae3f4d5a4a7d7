/* SPDX-License-Identifier: MIT */
/* Lists whose order does not matter. any_order.c has the algorithm. */
#pragma once

#include "libawait-test/assert/list.h"

/* Whether each expected event happened once, in any order, and no others; if
 * not, the claim's text says so. True as well when memory is out: the claim
 * has noted that. */
bool any_order(const struct list_claim *list);

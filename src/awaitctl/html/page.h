/* SPDX-License-Identifier: MIT */
/* The page, before and after its data; embed.py writes page.c when awaitctl is
 * built. */
#pragma once

#include <stddef.h>

extern const char page_before[], page_after[];
extern const size_t page_before_size, page_after_size;

/* SPDX-License-Identifier: MIT */
/*
 * Which events have together as many bytes as are known to be unfinished: a
 * thread that had written one and not committed it leaves bytes that look like
 * any other event's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum event_sum {
	EVENT_SUM_NONE,
	EVENT_SUM_ONE,
	EVENT_SUM_SEVERAL, /* or there are too many to tell */
};

/* In how many ways some of these sizes have that sum. chosen[i] becomes whether
 * the size is in the one way, or may be in one of the several. */
enum event_sum event_sum_find(const uint64_t *sizes, uint32_t count,
			      uint64_t sum, bool *chosen);

/* SPDX-License-Identifier: MIT */
/*
 * Which of several streams has the earliest event: a heap. Of equal times the
 * lower rank comes first, and every stream has a rank of its own. So however
 * streams are shared out among processes, and merged again, the order is the
 * same.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct merge_head {
	int64_t time;
	uint32_t rank;
	void *stream;
};

/* Begins as 0. */
struct merge {
	struct merge_head *heads; /* the earliest is the first */
	size_t count;
};

/* A stream has something, as it had nothing before. Returns 0, or -1 without
 * memory. */
int merge_add(struct merge *merge, const struct merge_head *head);

/* The first has something else now, at that time; or nothing more. */
void merge_advance(struct merge *merge, int64_t time, uint32_t rank);
void merge_drop(struct merge *merge);

void merge_free(struct merge *merge);

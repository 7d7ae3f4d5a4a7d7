/* SPDX-License-Identifier: MIT */
/* What had not ended with the recording: runs that are under way, and waits
 * that sleep. */
#pragma once

#include "lives/lives.h"

struct lives_unfinished {
	const struct lives_await *await;
	int64_t thread; /* 0: not known */
	int64_t began;
	bool before;   /* it was under way when the recording began, at began */
	bool runs;     /* otherwise it waits */
	uint64_t addr; /* of the wait, also of that which runs it */
};

/*
 * All of the processes that wanted() is true of, those first that began first;
 * sets *count to how many. After lives_finish(). Returns 0, or -1 without
 * memory. *found is to be freed.
 */
int unfinished_find(const struct lives *lives,
		    bool (*wanted)(const struct lives_process *process),
		    struct lives_unfinished **found, size_t *count);

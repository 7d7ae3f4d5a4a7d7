/* SPDX-License-Identifier: MIT */
/*
 * Who blocked whom: how long waits slept, by the function in whose run they did
 * and the function that they waited for. What is kept is for each pair of
 * functions, and there is nothing for awaits for which nobody sleeps.
 */
#pragma once

#include "lives/moment.h"

enum lives_waiter {
	WAITER_RUN,	/* an await's */
	WAITER_NONE,	/* outside of all runs */
	WAITER_UNKNOWN, /* the trace does not say */
};

struct lives_edge {
	const struct lives_process *process; /* NULL: of all that count */
	enum lives_waiter by;
	/* Then: the names of the function, and of its type; else "". */
	const char *waiter, *waiter_type;
	const char *function, *type; /* that it waited for */
	uint64_t count, total, most; /* ns */
};

/* A wait has slept so long, as the event says. Returns 0, or -1 without memory.
 */
int edges_add(const struct moment *now, uint64_t ns);

/* Adds those of processes that wanted() is true of, as of no process. Returns
 * 0, or -1 without memory. */
int edges_sum(struct lives *lives,
	      bool (*wanted)(const struct lives_process *process));

void edges_free(struct lives *lives);

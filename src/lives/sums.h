/* SPDX-License-Identifier: MIT */
/* The figures of several processes together. */
#pragma once

#include "lives/edges.h"
#include "lives/lives.h"

struct sums {
	struct figures all;
	/* A function of each name and type. */
	const struct lives_function **functions;
	size_t function_count;
	/* The slowest first runs, the slowest first. */
	const struct lives_slow **slow;
	size_t slow_count;
	/* Who blocked whom, the longest times first. */
	const struct lives_edge **edges;
	size_t edge_count;
	struct rates rates; /* from lives.origin on */
};

/*
 * Of the processes that wanted() is true of, after lives_finish(). Once: what
 * it adds up is in lives, too, as functions and sites of no process. Returns 0,
 * or -1 without memory. Free it with sums_free(), and before lives.
 */
int sums_make(struct sums *sums, struct lives *lives,
	      bool (*wanted)(const struct lives_process *process));
void sums_free(struct sums *sums);

/* SPDX-License-Identifier: MIT */
/*
 * Two runs, and what differs in them. What one of them has and the other has
 * not is a difference if all of both was recorded (doubtful.h), and if the
 * processes of the other have ended: what it lacks could come later.
 */
#pragma once

#include "awaitctl/diff/order.h"
#include "awaitctl/diff/run.h"
#include "awaitctl/diff/significance.h"

enum verdict {
	VERDICT_SAME,
	VERDICT_DIFFERS,
	VERDICT_UNKNOWN,
};

/* Two threads; NULL: there is none in that run, and the order is that of
 * nothing. One of them waits at least. */
struct thread_pair {
	const struct run_thread *a, *b;
	struct order order;
	enum verdict verdict;
};

enum alone_what { ALONE_MADE, ALONE_RUN, ALONE_WAITED, ALONE_FAILED, ALONES };

/* Awaits of a site of which something is so in one run only. */
struct alone {
	enum alone_what what;
	const struct lives_site *site; /* of A if it has it; NULL: unknown */
	/* In A and B: how many, and the first of them; and whether that the
	 * other lacks these is known. */
	uint64_t count[2];
	uint32_t first[2];
	bool known[2];
};

enum shift_what { SHIFT_RUN, SHIFT_BLOCKED, SHIFTS };

/* The times of a site, of which both runs have some. */
struct shift {
	enum shift_what what;
	const struct lives_site *site;
	const struct histogram *a, *b;
	struct significance found;
	double adjusted; /* p, for all tests together */
	bool known;	 /* so none of the times is missing */
};

/* As p may be at most to be called one. */
#define SHIFT_LEVEL 0.05

struct comparison {
	struct run run[2]; /* A and B */
	bool known;	   /* nothing of either was lost, or hidden */
	bool ended[2];	   /* all processes of it have, in order */
	struct thread_pair *pairs;
	struct alone *alone;
	struct shift *shifts; /* the most probable first */
	size_t pair_count, alone_count, shift_count;
	enum verdict verdict; /* on the order of waits */
};

/* When both have been read and matched. */
void comparison_make(struct comparison *comparison);
void comparison_free(struct comparison *comparison);

/* Of comparison_make(): the parts of it. */
void pairs_make(struct comparison *comparison);
void alone_make(struct comparison *comparison);
void shifts_make(struct comparison *comparison);

static inline bool shift_is_one(const struct shift *shift)
{
	return shift->known && shift->adjusted < SHIFT_LEVEL;
}

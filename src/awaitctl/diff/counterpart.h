/* SPDX-License-Identifier: MIT */
/* What became, in the other run, of an await that a thread has waited for. */
#pragma once

#include "awaitctl/diff/comparison.h"

enum counterpart_what {
	AT_PLACE,    /* the other thread waits for it, too */
	AT_OTHER,    /* other threads alone do */
	AT_NEVER,    /* nobody does */
	AT_NOT_MADE, /* there is none */
	AT_NOT_YET,  /* nor is there any, but it could come later */
	AT_UNKNOWN,  /* things are missing in the recordings */
};

struct counterpart {
	enum counterpart_what what;
	size_t place; /* from 0; of AT_PLACE */
};

/* The await at that place of the order of a pair's thread in run `of`. */
struct counterpart counterpart_of(const struct comparison *comparison,
				  const struct thread_pair *pair, int of,
				  size_t at);

/* So many waits before and behind the first difference are shown. */
enum { CONTEXT = 3 };

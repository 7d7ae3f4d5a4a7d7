/* SPDX-License-Identifier: MIT */
/*
 * What LIBAWAIT_PERTURB's files share; internal.h has what the others call.
 *
 *     perturb.c   reads the options; eager
 *     inject.c       delay-nth, fail-nth
 *     shuffle.c   shuffle
 */
#pragma once

#include "libawait/inspect/describe.h"

/* A line on stderr, after whose it is; written by perturb_line_end(). */
struct line perturb_line(struct out *out);
void perturb_line_end(struct out *out, struct line *line);

/* Whether what self does is perturbed: in a sink's callback it is not. self may
 * be NULL. */
static inline bool perturb_applies(const struct thread *self)
{
	/* Relaxed: written by this thread alone. */
	return self &&
	       atomic_load_explicit(&self->in_sink, memory_order_relaxed) == 0;
}

/* Runs from the first to the last; none if first is 0. */
struct nth {
	uint64_t first, last;
};

/* All three before main() only. */
void nth_delay(struct nth which, uint64_t us);
void nth_fail(struct nth which, int error);
void shuffle_begin(uint64_t seed);

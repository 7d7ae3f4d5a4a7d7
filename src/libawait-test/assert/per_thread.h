/* SPDX-License-Identifier: MIT */
/*
 * What each thread that asserts owns: a buffer for the text of its last
 * failure, and the matchers of its next claim.
 */
#pragma once

#include "libawait-test/assert/match.h"
#include "libawait-test/records/event_text.h"

#define NO_MEMORY "memory is out: whether this holds can't be told"

struct per_thread;

/* A matcher to be filled in. Never NULL, but its kind may be MATCH_EXHAUSTED or
 * MATCH_NO_MEMORY instead: then leave it alone. */
struct await_match *per_thread_match(enum match_kind kind);

/* Makes *text this thread's buffer, empty. NULL: no memory. */
struct per_thread *per_thread_begin_claim(struct text *text);
/* All matchers that the thread has built so far are used up. */
void per_thread_end_claim(struct per_thread *own);
/* NULL, or why match is not one that was built for this claim. */
const char *per_thread_objection(const struct per_thread *own,
				 const struct await_match *match);

/* This thread's buffer, as it is. NULL: no memory. */
struct text *per_thread_text(void);

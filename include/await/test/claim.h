/* SPDX-License-Identifier: MIT */
/*
 * Part of <await/test.h>: what its assertions are made of, for other test
 * frameworks than cmocka.
 *
 * A claim is NULL when it holds, otherwise the text of the failure: what was
 * claimed, then what was expected beside what happened, with the nearest
 * difference marked. The text lives until the thread's next claim.
 */
#pragma once

#include <await/test/match.h>
#include <await/test/trace.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AWAIT_UNLIMITED SIZE_MAX

enum await_order { AWAIT_SEQUENCE, AWAIT_SUBSEQUENCE, AWAIT_ANY_ORDER };

/* filter may be NULL: all of the trace. list ends in NULL. */
const char *await_claim_list(const struct await_trace *trace,
			     enum await_order order,
			     const struct await_match *filter,
			     const struct await_match *const *list);
/* most may be AWAIT_UNLIMITED. */
const char *await_claim_count(const struct await_trace *trace,
			      const struct await_match *match, size_t least,
			      size_t most);
const char *await_claim_each(const struct await_trace *trace,
			     const struct await_match *match,
			     const struct await_match *all);
const char *await_claim_first_wait(const struct await_trace *trace,
				   struct await_subject subject,
				   const char *function);
const char *await_claim_before(const struct await_trace *trace,
			       const struct await_match *first,
			       const struct await_match *then);
const char *await_claim_threads(const struct await_trace *trace,
				const struct await_match *match, size_t count);
const char *await_claim_took(const struct await_trace *trace,
			     struct await_subject subject, uint64_t least_ns,
			     uint64_t most_ns);
const char *await_claim_nothing_lost(const struct await_trace *trace);
const char *await_claim_no_leak(const struct await_trace *trace);
const char *await_claim_golden(const struct await_trace *trace,
			       const struct await_match *filter,
			       const char *path);

/*
 * For a framework's macro: NULL, or the text that this thread has to report. On
 * the thread of the test that is claim, if it failed, and what failed on other
 * threads before. On another thread a failed claim is deferred, with its place.
 */
const char *await_claim_report(const char *claim, const char *file, int line);

#ifdef __cplusplus
}
#endif

/* SPDX-License-Identifier: MIT */
/*
 * Waiting: which thread runs the await, and what the others get.
 *
 *     PENDING or FAILED --claim--> RUNNING, owned by one thread
 *     RUNNING --its run ends--> RESOLVED or FAILED
 *
 * A thread that finds an await unclaimed claims it (claim.h) and runs it
 * (run.h). Threads that find it running sleep in sleep.c.
 *
 * A waiter that slept through a failed run gets that run's error; one that
 * comes later runs again, unless failures are final (sticky, or a promise).
 *
 * Settling a promise and cancelling are claims, too: settle.c.
 *
 * A wait that neither hits nor runs says how it ends by WAIT_END.
 */
#include "libawait/core/wait.h"

#include "libawait/core/sleep.h"
#include "libawait/core/claim.h"
#include "libawait/core/deadline.h"
#include "libawait/core/handle.h"
#include "libawait/core/hooks.h"
#include "libawait/core/run.h"
#include "libawait/core/told.h"

#include <errno.h>

NOINLINE int wait_ended(struct await *aw, uint32_t word, int rc,
			const void *addr)
{
	if (state_of(word) != AWAIT_FREE) /* or it has no id */
		sink_outcome(AWAIT_EVENT_WAIT_END, state_of(word), aw, rc,
			     addr);
	return rc;
}

/* Refuses a wait before it looks at aw. found: what check_handle() says. */
static int refuse(struct await *aw, int found, int rc, const void *addr)
{
	/* Other handles are of no await, or of one whose site is gone. */
	if (found != 0 && found != -EPROTOTYPE)
		return rc;
	/* Acquire: a value may be read by who is told; partner:
	 * publish_outcome(). */
	return wait_ended(
		aw, atomic_load_explicit(&aw->state, memory_order_acquire), rc,
		addr);
}

/* Whether a wait that finds aw in word is over; then *rc is its result. */
static inline bool is_over(struct await *aw, uint32_t word, bool slept, int *rc)
{
	switch (state_of(word)) {
	case AWAIT_RESOLVED:
		*rc = 0;
		return true;
	case AWAIT_FAILED:
		if (!slept && !failure_is_final(aw, word))
			return false;
		*rc = await_core_error(aw);
		return true;
	case AWAIT_PENDING:
	case AWAIT_RUNNING:
		return false;
	case AWAIT_CANCELLED:
		*rc = -ECANCELED;
		return true;
	case AWAIT_FREE:
	default:
		*rc = -ESTALE;
		return true;
	}
}

NOINLINE int wait_for(struct await *aw, uint32_t layout,
		      const struct timespec *deadline, const void *addr)
{
	struct thread *self = thread_self();
	bool slept = false, shuffled = false;
	uint32_t word;
	int rc = check_handle(aw, layout, "await_wait", addr);

	if (rc != 0)
		return refuse(aw, rc, rc, addr);
	if (!self)
		return -EAGAIN;
	run_end_if_left(self, addr, stack_pointer);
	/* Acquire: a value may be read next; partner: publish_outcome(). */
	word = atomic_load_explicit(&aw->state, memory_order_acquire);
	for (;;) {
		if (is_over(aw, word, slept, &rc)) {
			if (rc != 0 || slept)
				return wait_ended(aw, word, rc, addr);
			sink_event(AWAIT_EVENT_HIT, aw, addr, OUTER_FRAME());
			return 0;
		}
		if (state_of(word) == AWAIT_FAILED && told_first(aw, &word))
			continue;
		if (must_sleep(aw, word)) {
			/* A run of this thread's that it has left, after all:
			 * then that has been ended. */
			if (owner_of(word) == self->index &&
			    run_end_left(self, stack_pointer)) {
				word = atomic_load_explicit(
					&aw->state, memory_order_acquire);
				continue;
			}
			rc = sleep_until_settled(aw, &word, deadline, addr);
			if (rc != 0)
				return wait_ended(aw, word, rc, addr);
			slept = true;
		} else if (is_armed(ARMED_PERTURB) && !shuffled) {
			shuffled = true;
			if (core_hooks.wait(aw, &word, deadline, addr, &rc))
				return rc;
		} else if (!runs_reserve(self)) {
			return wait_ended(aw, word, -EAGAIN, addr);
		} else if (claim_await(aw, &word, self)) {
			return run_claimed(aw, self, addr, is_armed(ARMED_RUN));
		}
	}
}

/* Whether a run can begin inside outer, without more ado. */
static inline bool can_nest(const struct run *outer, const void *addr)
{
	return LIKELY(run_is_live(outer, addr, stack_pointer)) &&
	       LIKELY(outer->next != NULL);
}

/* Fast path of a first wait inside a run, for a PENDING await without WATCH.
 * Not inlined: it calls more, and needs registers. */
static NOINLINE int wait_nested(struct await *aw, uint32_t layout,
				const void *addr)
{
	struct thread *self = thread_self_;
	const struct await_func *func = aw->site->func;
	const struct run *outer = runs_innermost(self);
	uint32_t word = AWAIT_PENDING;

	if (LIKELY(can_nest(outer, addr)) &&
	    LIKELY(func->plain_layout == layout) &&
	    LIKELY(claim_inlined(aw, &word, self)))
		return run_plain(aw, func, self, outer->next, addr);
	return wait_for(aw, layout, NULL, addr);
}

/* Fast path of a first wait, the common case after hits, for a PENDING await
 * without WATCH. */
static inline __attribute__((always_inline)) int
wait_fast(struct await *aw, uint32_t layout, const void *addr)
{
	struct thread *self = thread_unchecked_;
	uint32_t word = AWAIT_PENDING;

	if (LIKELY(self)) {
		const struct await_func *func = aw->site->func;

		if (UNLIKELY(runs_innermost(self) != NULL))
			return wait_nested(aw, layout, addr);
		if (LIKELY(func->plain_layout == layout) &&
		    LIKELY(claim_inlined(aw, &word, self)))
			return run_plain(aw, func, self, self->first_run, addr);
	}
	return wait_for(aw, layout, NULL, addr);
}

/* The same for a PENDING await with WATCH. traced, a constant: some consumer
 * wants its run. */
static inline __attribute__((always_inline)) int
wait_watched(struct await *aw, uint32_t layout, const void *addr, bool traced)
{
	struct thread *self = thread_unchecked_;
	uint32_t word = AWAIT_PENDING | FLAG_WATCH;

	if (LIKELY(self)) {
		const struct await_func *func = aw->site->func;
		const struct run *outer = runs_innermost(self);

		if (LIKELY(func->plain_layout == layout) &&
		    (!outer || (traced && can_nest(outer, addr))) &&
		    LIKELY(claim_inlined(aw, &word, self)))
			return traced ? run_traced(aw, func, self,
						   runs_next(self), addr) :
					run_watched(aw, func, self,
						    self->first_run, addr);
	}
	return wait_for(aw, layout, NULL, addr);
}

static NOINLINE int wait_traced(struct await *aw, uint32_t layout,
				const void *addr)
{
	return wait_watched(aw, layout, addr, true);
}

/* A hit that some consumer wants to see. */
static NOINLINE int hit_traced(struct await *aw, uint32_t layout,
			       const void *addr)
{
	if (!layout_equals(aw->site->func->type, layout))
		return wait_for(aw, layout, NULL, addr);
	sink_event(AWAIT_EVENT_HIT, aw, addr, OUTER_FRAME());
	return 0;
}

EXPORT int await_core_wait(struct await *aw, uint32_t layout)
{
	/* Acquire: site or the value is read next; partner:
	 * await_core_publish() and publish_outcome(). */
	uint32_t word =
		LIKELY(aw) ?
			atomic_load_explicit(&aw->state, memory_order_acquire) :
			AWAIT_FREE;

	/* Without WATCH, runs are not armed: no need to look. */
	if (LIKELY(word == AWAIT_PENDING))
		return wait_fast(aw, layout, CALL_SITE());
	if (word == (AWAIT_RESOLVED | FLAG_WATCH)) {
		if (!any_consumer_enabled(AWAIT_EVENT_BIT(AWAIT_EVENT_HIT)))
			return 0;
		if (!(armed_mask() & ~AWAIT_EVENTS_ALL))
			return hit_traced(aw, layout, CALL_SITE());
	}
	if (word == (AWAIT_PENDING | FLAG_WATCH)) {
		if (!any_consumer_enabled(ARMED_RUN))
			return wait_watched(aw, layout, CALL_SITE(), false);
		if (!(armed_mask() & ~AWAIT_EVENTS_ALL))
			return wait_traced(aw, layout, CALL_SITE());
	}
	return wait_for(aw, layout, NULL, CALL_SITE());
}

EXPORT int await_core_wait_until(struct await *aw, uint32_t layout,
				 const struct timespec *deadline)
{
	if (!deadline_check(&deadline))
		return refuse(
			aw, check_handle(aw, layout, "await_wait", CALL_SITE()),
			-EINVAL, CALL_SITE());
	return wait_for(aw, layout, deadline, CALL_SITE());
}

EXPORT int await_core_wait_all(struct await *const *awaits, size_t count,
			       uint32_t layout, int *errors, size_t *first)
{
	size_t failed = count;
	int rc, result = 0;

	for (size_t i = 0; i < count; i++) {
		rc = await_core_hit(awaits[i]) ?
			     0 :
			     wait_for(awaits[i], layout, NULL, CALL_SITE());
		if (errors)
			errors[i] = rc;
		if (rc != 0 && failed == count) {
			failed = i;
			result = rc;
		}
	}
	if (first)
		*first = failed;
	return result;
}

/* SPDX-License-Identifier: MIT */
/*
 * Waiting for any of several awaits: for the first that has an outcome, or by
 * running the first that nobody runs; otherwise by sleeping on all of them.
 *
 * A thread that sleeps on several has an entry in the side table (told.c) for
 * each, and sleeps on a word of its own, which is set as one of them gets its
 * outcome. The entry says which outcome that was: should it be a failure that
 * another thread lets run again, this wait still ends with it.
 *
 * Cycles are refused as in sleep.c, with one edge to each await: cycle.c.
 */
#define _GNU_SOURCE
#include "libawait/core/claim.h"
#include "libawait/core/deadline.h"
#include "libawait/core/handle.h"
#include "libawait/core/memory.h"
#include "libawait/core/publish.h"
#include "libawait/core/run.h"
#include "libawait/core/sleep.h"
#include "libawait/core/told.h"
#include "libawait/core/wait.h"

#include <await/notify.h>

#include <errno.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

struct waited {
	struct await *const *awaits;
	size_t count;
	const struct timespec *deadline;
	const void *addr;
	struct thread *self;
	size_t index; /* count, or that of the await with which it ends */
};

/* Finds the first await that has an outcome for good or, if none has one, the
 * first that can be run. Returns whether it has one; otherwise *word is the
 * state word of that which can be run. index stays count if all are under
 * way. */
static bool find_settled(struct waited *waited, uint32_t *word)
{
	waited->index = waited->count;
	for (size_t i = 0; i < waited->count; i++) {
		struct await *aw = waited->awaits[i];
		uint32_t now = load_state(aw);

		if (must_sleep(aw, now))
			continue;
		if (state_of(now) != AWAIT_PENDING &&
		    (state_of(now) != AWAIT_FAILED ||
		     failure_is_final(aw, now))) {
			waited->index = i;
			return true;
		}
		if (waited->index == waited->count) {
			waited->index = i;
			*word = now;
		}
	}
	return false;
}

/* True if there was a run of this thread's that it has left: it is ended. */
static bool end_left(const struct waited *waited)
{
	for (size_t i = 0; i < waited->count; i++) {
		uint32_t word = load_state(waited->awaits[i]);

		if (state_of(word) == AWAIT_RUNNING &&
		    owner_of(word) == waited->self->index)
			return run_end_left(waited->self, stack_pointer);
	}
	return false;
}

static struct any *make_any(const struct waited *waited)
{
	struct any *any;

	if (waited->count > UINT32_MAX / sizeof(any->entries[0]))
		return NULL;
	any = memory_alloc(sizeof(*any) +
			   waited->count * sizeof(any->entries[0]));
	if (!any)
		return NULL;
	*any = (struct any){ .count = (uint32_t)waited->count };
	for (uint32_t i = 0; i < any->count; i++)
		any->entries[i] = (struct told){
			.aw = waited->awaits[i],
			.kind = TOLD_THREAD,
			.data = &any->told,
		};
	return any;
}

static void emit_all(enum await_event_type type, const struct waited *waited)
{
	if (!sink_wants(type))
		return;
	for (size_t i = 0; i < waited->count; i++)
		sleep_event(type, waited->awaits[i],
			    load_state(waited->awaits[i]), waited->addr);
}

/* Acquire: partner of wake_thread() in tell.c. The entry itself is read under
 * its lock. */
static bool is_told(struct any *any)
{
	return atomic_load_explicit(&any->told, memory_order_acquire) != 0;
}

/* Sleeps until one of the awaits is told of, or the deadline. */
static void sleep_on(struct any *any, const struct timespec *deadline)
{
	while (!is_told(any))
		if (syscall(SYS_futex, &any->told, FUTEX_WAIT_BITSET_PRIVATE, 0,
			    deadline, NULL, FUTEX_BITSET_MATCH_ANY) != 0 &&
		    errno == ETIMEDOUT)
			return;
}

/* What the first await that was told of says. False if none was. */
static bool find_told(struct any *any, struct waited *waited, int *rc)
{
	for (uint32_t i = 0; i < any->count; i++) {
		/* Relaxed: read after the lock was held. */
		if (!atomic_load_explicit(&any->entries[i].done,
					  memory_order_relaxed))
			continue;
		waited->index = i;
		*rc = any->entries[i].outcome;
		return true;
	}
	return false;
}

/* Sleeps on all awaits. Returns whether the wait is over, with *rc; if not, one
 * of them must be looked at again. */
static bool sleep_on_all(struct waited *waited, int *rc)
{
	struct any *any = make_any(waited);
	bool slept, over;

	*rc = -ENOMEM;
	if (!any)
		return true;
	*rc = sleep_enter(waited->self, waited->awaits[0], any, waited->addr);
	if (*rc != 0) {
		free(any);
		sleep_event(AWAIT_EVENT_CYCLE, waited->awaits[0],
			    load_state(waited->awaits[0]), waited->addr);
		return true;
	}
	emit_all(AWAIT_EVENT_BLOCK_BEGIN, waited);
	if (is_armed(ARMED_PERTURB))
		core_hooks.sleeps();
	slept = told_add_any(any);
	if (slept)
		sleep_on(any, waited->deadline);
	told_remove_any(any);
	sleep_leave(waited->self);
	emit_all(AWAIT_EVENT_BLOCK_END, waited);
	over = find_told(any, waited, rc);
	if (!over && slept) {
		*rc = -ETIMEDOUT;
		over = true;
	}
	free(any);
	return over;
}

/* Ends the wait with rc: of the await with which it ends or, where there is
 * none, of the first. */
static int end_any(const struct waited *waited, int rc)
{
	size_t index = waited->index < waited->count ? waited->index : 0;
	struct await *aw = waited->awaits[index];

	return wait_ended(aw, load_state(aw), rc, waited->addr);
}

/* All handles are good. */
static int wait_any(struct waited *waited)
{
	uint32_t word;
	int rc;

	for (;;) {
		struct await *aw;

		if (find_settled(waited, &word))
			/* It does not change any more. */
			return wait_for(waited->awaits[waited->index],
					AWAIT_LAYOUT_ANY, NULL, waited->addr);
		if (waited->index == waited->count) {
			if (!end_left(waited) && sleep_on_all(waited, &rc))
				return end_any(waited, rc);
			continue;
		}
		aw = waited->awaits[waited->index];
		if (state_of(word) == AWAIT_FAILED && told_first(aw, &word))
			continue;
		if (!runs_reserve(waited->self))
			break;
		if (claim_await(aw, &word, waited->self))
			return run_claimed(aw, waited->self, waited->addr,
					   is_armed(ARMED_RUN));
	}
	waited->index = waited->count;
	return end_any(waited, -EAGAIN);
}

static int check_all(const struct waited *waited)
{
	int rc = waited->count == 0 || !waited->awaits ? -EINVAL : 0;

	for (size_t i = 0; i < waited->count && rc == 0; i++)
		rc = check_handle(waited->awaits[i], AWAIT_LAYOUT_ANY,
				  "await_wait_any", waited->addr);
	return rc;
}

EXPORT int await_core_wait_any(struct await *const *awaits, size_t count,
			       const struct timespec *deadline, size_t *index)
{
	struct waited waited = {
		.awaits = awaits,
		.count = count,
		.deadline = deadline,
		.addr = CALL_SITE(),
		.self = thread_self(),
		.index = count,
	};
	int rc = check_all(&waited);

	if (rc == 0 && !deadline_check(&waited.deadline))
		rc = -EINVAL;
	if (rc == 0 && !waited.self)
		rc = -EAGAIN;
	if (rc == 0) {
		run_end_if_left(waited.self, waited.addr, stack_pointer);
		rc = wait_any(&waited);
	}
	if (index)
		*index = waited.index;
	return rc;
}

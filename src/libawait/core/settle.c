/* SPDX-License-Identifier: MIT */
/*
 * Outcomes without a run: a promise is resolved or rejected, also as its owner
 * is dropped; a pending await is cancelled.
 *
 * Both begin as a run does, with a claim. The thread that wins it has the slot
 * to itself: it stores the value or releases the arguments, and publishes the
 * outcome, which wakes sleeping waiters. A thread that loses it has changed
 * nothing. A run that is under way is not cancelled, but asked to stop by STOP
 * in the state word; what its function makes of that is its outcome as ever.
 */
#include "libawait/core/settle.h"

#include "libawait/core/claim.h"
#include "libawait/core/handle.h"
#include "libawait/core/object.h"
#include "libawait/core/publish.h"
#include "libawait/core/run.h"
#include "libawait/core/sanitizer.h"
#include "libawait/core/sink.h"

#include <await/notify.h>

#include <errno.h>

/* Claims a pending await for something other than a run. */
static int claim_pending(struct await *aw, const struct thread *self)
{
	/* Acquire: arguments may be released next; partner:
	 * await_core_publish(). */
	uint32_t word = atomic_load_explicit(&aw->state, memory_order_acquire);

	while (state_of(word) == AWAIT_PENDING)
		if (claim_await(aw, &word, self))
			return 0;
	return state_of(word) == AWAIT_RUNNING ? -EBUSY : -EALREADY;
}

EXPORT int await_core_claim_promise(struct await *aw, uint32_t layout)
{
	struct thread *self = thread_self();
	int rc = check_handle(aw, layout, "await_resolve", CALL_SITE());

	if (rc != 0)
		return rc;
	if (aw->site->func->origin != AWAIT_PROMISE)
		return -EINVAL;
	if (!self)
		return -EAGAIN;
	run_end_if_left(self, CALL_SITE(), stack_pointer);
	return claim_pending(aw, self) == 0 ? 0 : -EALREADY;
}

static void settle(struct await *aw, int rc, const void *addr)
{
	enum await_state outcome = rc == 0 ? AWAIT_RESOLVED : AWAIT_FAILED;

	store_error(aw, rc);
	sink_outcome(AWAIT_EVENT_RESOLVE, outcome, aw, rc, addr);
	publish_outcome(aw, thread_self_, outcome, addr);
}

EXPORT void await_core_settle(struct await *aw, int rc)
{
	settle(aw, rc, CALL_SITE());
}

EXPORT int await_core_drop_owner(struct await *aw)
{
	const char *operation = "await_owner_drop";
	const void *addr = CALL_SITE();
	struct thread *self = thread_self();

	if (!aw)
		return 0;
	if (is_armed(ARMED_CHECK))
		core_hooks.reference_used(aw, operation, addr);
	else if (check_handle(aw, AWAIT_LAYOUT_ANY, operation, addr) != 0)
		core_hooks.fatal(aw, operation, addr, -ESTALE);
	if (!(aw->site->func->flags & AWAIT_OWNED))
		return -EINVAL;
	if (!self)
		return -EAGAIN;
	run_end_if_left(self, addr, stack_pointer);
	if (claim_pending(aw, self) == 0)
		settle(aw, -EPIPE, addr);
	object_drop(aw, addr);
	return 0;
}

/* Asks the run of aw to stop. False if none was under way. */
static bool ask_to_stop(struct await *aw)
{
	/* Relaxed, here and where the word has changed: only the state is
	 * looked at. */
	uint32_t word = atomic_load_explicit(&aw->state, memory_order_relaxed);

	while (state_of(word) == AWAIT_RUNNING) {
		bool held = publish_freeze_owner(word);
		/* Release: what this thread did is seen by the function that
		 * finds that it was asked; partner: await_stop_asked(). */
		bool asked = atomic_compare_exchange_strong_explicit(
			&aw->state, &word, word | FLAG_STOP,
			memory_order_release, memory_order_relaxed);

		publish_thaw(held);
		if (asked)
			return true;
	}
	return false;
}

EXPORT bool await_stop_asked(void)
{
	struct thread *self = thread_self_;
	const struct run *run;

	run_end_if_left(self, CALL_SITE(), stack_pointer);
	run = self ? runs_innermost(self) : NULL;
	/* Acquire: partner of ask_to_stop(). */
	if (!run || !run->aw ||
	    !(atomic_load_explicit(&run->aw->state, memory_order_acquire) &
	      FLAG_STOP))
		return false;
	sanitizer_acquire(run->aw);
	return true;
}

int settle_cancel(struct await *aw, const void *addr)
{
	struct thread *self = thread_self();
	int rc;

	if (!self)
		return -EAGAIN;
	run_end_if_left(self, addr, stack_pointer);
	rc = claim_pending(aw, self);
	if (rc == -EBUSY && !ask_to_stop(aw))
		rc = -EALREADY;
	if (rc != 0)
		return rc;
	sink_outcome(AWAIT_EVENT_CANCEL, AWAIT_CANCELLED, aw, 0, addr);
	object_cancelled(aw, addr);
	publish_outcome(aw, self, AWAIT_CANCELLED, addr);
	return 0;
}

EXPORT int await_core_cancel(struct await *aw)
{
	const void *addr = CALL_SITE();
	int rc = check_handle(aw, AWAIT_LAYOUT_ANY, "await_cancel", addr);

	return rc == 0 ? settle_cancel(aw, addr) : rc;
}

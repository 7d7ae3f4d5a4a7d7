/* SPDX-License-Identifier: MIT */
/* See run.h. */
#include "libawait/core/run.h"

#include "libawait/core/claim.h"
#include "libawait/core/clock.h"
#include "libawait/core/hooks.h"
#include "libawait/core/saved_args.h"

#include <errno.h>

/* Relaxed: only the thread that has claimed aw writes, others only read. */
static void count_attempt(struct await *aw)
{
	uint32_t serial =
		atomic_load_explicit(&aw->serial, memory_order_relaxed) + 1;

	if (LIKELY(serial & SERIAL_ATTEMPTS)) /* or it stays at its maximum */
		atomic_store_explicit(&aw->serial, serial,
				      memory_order_relaxed);
}

NOINLINE void emit_begin(struct run *run, struct run_notes *notes,
			 const void *frame)
{
	if (sink_enabled(AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN))) {
		struct await_event event = {
			.type = AWAIT_EVENT_EXEC_BEGIN,
			.state = AWAIT_RUNNING,
			.aw = run->aw,
			.addr = run->addr,
			.attempt = serial_of(run->aw) & SERIAL_ATTEMPTS,
			.frame = frame,
		};

		sink_emit(&event);
	}
	if (is_armed(ARMED_ARGS))
		notes->saved = saved_args_copy(run->aw);
	if (sink_enabled(AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_END)))
		notes->begin_ticks = clock_ticks();
	run->notes = notes;
}

/* Returns whether the arguments were saved, and so must not be released. */
NOINLINE static bool emit_end(const struct run *run, int rc)
{
	struct await_event event = {
		.type = AWAIT_EVENT_EXEC_END,
		.state = rc == 0 ? AWAIT_RESOLVED : AWAIT_FAILED,
		.aw = run->aw,
		.addr = run->addr,
		.attempt = serial_of(run->aw) & SERIAL_ATTEMPTS,
		.error = rc,
	};

	if (run->notes && run->notes->begin_ticks != 0)
		event.latency_ns = clock_ns_since(run->notes->begin_ticks);
	sink_emit(&event);
	return is_armed(ARMED_ARGS) &&
	       saved_args_commit(run->aw, run->notes ? run->notes->saved : NULL,
				 rc == 0, run->addr);
}

NOINLINE int end_disturbed(struct await *aw, uint32_t word, const void *addr)
{
	return wake_or_end(aw, word, addr) ? -ECANCELED : 0;
}

/* Ends this thread's innermost run, which is of aw, with all that is armed;
 * returns what end_run() returns. *kept: whether the arguments must not be
 * released. */
static int finish(struct await *aw, int rc, bool *kept)
{
	struct thread *self = thread_self_;
	struct run *run =
		atomic_load_explicit(&self->run, memory_order_relaxed);
	int ended;

	store_error(aw, rc);
	*kept = rc != 0;
	if (is_armed(ARMED_RUN_END)) {
		trap_event(AWAIT_EVENT_EXEC_END,
			   rc == 0 ? AWAIT_RESOLVED : AWAIT_FAILED, aw,
			   run->addr, rc);
		if (sink_enabled(ARMED_RUN_END))
			*kept |= emit_end(run, rc);
	}
	ended = end_run(aw, self, run, rc);
	if (ended != 0)
		run->aw = NULL;
	return ended;
}

/* Whether some consumer wants the end of a run. */
static inline bool is_end_traced(const struct await *aw, int rc)
{
	return sink_enabled(ARMED_RUN_END) ||
	       trap_catches(aw, AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_END),
			    1u << (rc == 0 ? AWAIT_RESOLVED : AWAIT_FAILED));
}

int finish_plain(struct await *aw, int rc)
{
	struct thread *self = thread_self_;
	bool kept;
	int ended;

	if (is_end_traced(aw, rc)) {
		ended = finish(aw, rc, &kept);
	} else {
		store_error(aw, rc);
		ended = end_run(
			aw, self,
			atomic_load_explicit(&self->run, memory_order_relaxed),
			rc);
	}
	return rc ? rc : ended;
}

NOINLINE int finish_fast(struct await *aw, int rc)
{
	/* Relaxed: see begin_run(). */
	atomic_load_explicit(&thread_self_->run, memory_order_relaxed)->notes =
		NULL;
	return finish_plain(aw, rc);
}

EXPORT int await_core_finish(struct await *aw, int rc)
{
	bool kept;

	finish(aw, rc, &kept);
	return !kept;
}

int run_claimed(struct await *aw, struct thread *self, const void *addr,
		bool traced)
{
	const struct await_func *func = aw->site->func;
	struct run_notes notes = { 0 };
	struct run run;
	int rc = 0;

	begin_run(&run, aw, self, addr);
	run.notes = NULL;
	count_attempt(aw);
	if (traced) {
		trap_event(AWAIT_EVENT_EXEC_BEGIN, AWAIT_RUNNING, aw, addr, 0);
		if (sink_enabled(ARMED_RUN))
			emit_begin(&run, &notes, OUTER_FRAME());
	}
	atomic_store_explicit(&self->run, &run, memory_order_relaxed);
	if (traced && is_armed(ARMED_PERTURB))
		rc = core_hooks.run(aw);
	if (rc != 0 || !(func->flags & AWAIT_RELEASES))
		return finish_plain(aw, rc ? rc : func->run(aw));
	rc = func->run(aw);
	return rc == 0 && !run.aw ? -ECANCELED : rc;
}

NOINLINE int run_plain(struct await *aw, const struct await_func *func,
		       struct thread *self, const void *addr)
{
	return run_fast(aw, func, self, addr, false, false);
}

COLD void run_new(struct await *aw, const void *addr)
{
	struct thread *self = thread_self();
	/* Relaxed: this thread made it, nobody else has it. */
	uint32_t word = atomic_load_explicit(&aw->state, memory_order_relaxed);

	/* Other threads may set flags meanwhile. */
	while (self && state_of(word) == AWAIT_PENDING)
		if (claim_await(aw, &word, self)) {
			run_claimed(aw, self, addr, true);
			return;
		}
}

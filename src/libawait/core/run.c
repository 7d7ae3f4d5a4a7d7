/* SPDX-License-Identifier: MIT */
/* See run.h. */
#include "libawait/core/run.h"

#include "libawait/core/claim.h"
#include "libawait/core/clock.h"
#include "libawait/core/hooks.h"
#include "libawait/core/sanitizer.h"
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

NOINLINE void emit_begin(struct await *aw, struct run *run, const void *addr,
			 const void *frame, enum await_run_source source)
{
	if (sink_enabled(AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN))) {
		struct await_event event = {
			.type = AWAIT_EVENT_EXEC_BEGIN,
			.state = AWAIT_RUNNING,
			.aw = aw,
			.addr = addr,
			.attempt = serial_of(aw) & SERIAL_ATTEMPTS,
			.frame = frame,
			.source = source,
		};

		sink_emit(&event);
	}
	if (is_armed(ARMED_ARGS))
		run->saved = saved_args_copy(aw);
	if (sink_enabled(AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_END)))
		run->begin_ticks = clock_ticks();
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

	if (run->begin_ticks != 0)
		event.latency_ns = clock_ns_since(run->begin_ticks);
	sink_emit(&event);
	return is_armed(ARMED_ARGS) &&
	       saved_args_commit(run->aw, run->saved, rc == 0, run->addr);
}

NOINLINE int end_disturbed(struct await *aw, uint32_t word, const void *addr)
{
	/* The wait that ran it does not get its value. Relaxed: this thread
	 * stored the outcome, and ends the await next. */
	if (word & FLAG_DOOMED &&
	    state_of(atomic_load_explicit(&aw->state, memory_order_relaxed)) ==
		    AWAIT_RESOLVED)
		sink_outcome(AWAIT_EVENT_WAIT_END, AWAIT_RESOLVED, aw,
			     -ECANCELED, addr);
	return wake_or_end(aw, word, addr) ? -ECANCELED : 0;
}

/* Does all that is armed at the end of a run. Returns whether the arguments
 * were saved. */
static bool do_armed(struct run *run, int rc)
{
	trap_event(AWAIT_EVENT_EXEC_END,
		   rc == 0 ? AWAIT_RESOLVED : AWAIT_FAILED, run->aw, run->addr,
		   rc);
	return sink_enabled(ARMED_RUN_END) && emit_end(run, rc);
}

/* Whether some consumer wants the end of a run. */
static inline bool is_end_traced(const struct await *aw, int rc)
{
	return sink_enabled(ARMED_RUN_END) ||
	       trap_catches(aw, AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_END),
			    1u << (rc == 0 ? AWAIT_RESOLVED : AWAIT_FAILED));
}

NOINLINE int finish_plain(struct run *run, int rc)
{
	int ended;

	run->frame = RUN_IS_ENDING;
	store_error(run->aw, rc);
	if (is_end_traced(run->aw, rc))
		do_armed(run, rc);
	run_forget_begin(run);
	ended = end_run(run->aw, thread_self_, run, rc);
	return rc ? rc : ended;
}

/* Takes run out of use, if those inside it have ended. */
static void take_out(struct thread *self, struct run *run)
{
	if (LIKELY(runs_innermost(self) == run))
		runs_set_innermost(self, run->outer);
	else
		run->frame = RUN_IS_OVER;
}

/* Ends run, whose record stays in use: others see that it is over. Returns what
 * end_run() returns; *kept: whether the arguments must not be released. */
static int finish(struct run *run, int rc, bool *kept)
{
	struct await *aw = run->aw;

	run->frame = RUN_IS_ENDING;
	store_error(aw, rc);
	*kept = rc != 0;
	if (is_armed(ARMED_RUN_END))
		*kept |= do_armed(run, rc);
	run_forget_begin(run);
	run->aw = NULL;
	return publish_run(aw, thread_self_, run, rc);
}

/* Ends a run whose function will not return. */
COLD static void end_left(struct thread *self, struct run *run)
{
	bool kept;

	/* The function did not come to where it would have said so itself. */
	if (run->aw)
		sanitizer_release(run->aw);
	/* Not finish(), if it can be avoided: destructors that run now should
	 * not find the run in the list. */
	if (run->aw && runs_innermost(self) == run) {
		finish_plain(run, -EOWNERDEAD);
		return;
	}
	if (run->aw)
		finish(run, -EOWNERDEAD, &kept);
	take_out(self, run);
}

/* Ends the runs inside outer, which is live, that were left. */
COLD static void end_left_inside(struct thread *self, const struct run *outer)
{
	struct run *run = runs_innermost(self);

	for (; run != outer && !run_is_on_stack(run, outer->frame);
	     run = runs_innermost(self))
		end_left(self, run);
}

COLD bool run_end_left(struct thread *self, const void *sp)
{
	struct run *run = runs_innermost(self);
	bool any = false;

	for (; run && !run_is_on_stack(run, sp); run = runs_innermost(self)) {
		end_left(self, run);
		any = true;
	}
	return any;
}

void run_end_if_left(struct thread *self, const void *addr, const void *sp)
{
	const struct run *run = self ? runs_innermost(self) : NULL;

	if (UNLIKELY(run != NULL) && UNLIKELY(!run_is_live(run, addr, sp)))
		run_end_left(self, sp);
}

void run_end_all(void)
{
	struct thread *self = thread_self_;

	while (runs_innermost(self))
		end_left(self, runs_innermost(self));
}

/* The run whose frame is at sp, after those inside it have ended. */
COLD static struct run *end_inside(struct thread *self, const void *sp)
{
	struct run *run = runs_innermost(self);

	while (run->frame != sp)
		run = run->outer;
	end_left_inside(self, run);
	return run;
}

COLD void run_unwound(const void *sp)
{
	struct thread *self = thread_self_;

	end_left(self, end_inside(self, sp));
}

COLD int finish_outer(const void *sp, int rc)
{
	struct thread *self = thread_self_;
	struct run *run = end_inside(self, sp);
	int ended;
	bool kept;

	ended = finish(run, rc, &kept);
	take_out(self, run);
	return rc ? rc : ended;
}

EXPORT int await_core_finish(struct await *aw, int rc)
{
	struct thread *self = thread_self_;
	struct run *run = runs_innermost(self);
	const void *frame;
	bool kept;

	while (UNLIKELY(run->aw != aw))
		run = run->outer;
	end_left_inside(self, run);
	/* It is not left until its function has released its arguments. */
	frame = run->frame;
	run->dropped = finish(run, rc, &kept) != 0;
	run->frame = frame;
	return !kept;
}

CALLS_FUNCTION int run_claimed(struct await *aw, struct thread *self,
			       const void *addr, unsigned how)
{
	const struct await_func *func = aw->site->func;
	struct run *run = runs_next(self);
	bool calling ENDS_IF_UNWOUND = false;
	int rc = 0;

	count_attempt(aw);
	if (how & RUN_TRACED)
		begin_armed(run, aw, addr, OUTER_FRAME(),
			    how & RUN_STARTED ? AWAIT_RUN_START :
						AWAIT_RUN_WAIT);
	run->dropped = false;
	begin_run(run, aw, self, addr);
	if (how & RUN_TRACED && is_armed(ARMED_PERTURB))
		rc = core_hooks.run(aw);
	if (rc != 0)
		return finish_plain(run, rc);
	calling = true;
	rc = func->run(aw);
	calling = false;
	if (!(func->flags & AWAIT_RELEASES))
		return runs_innermost(self) == run ?
			       finish_plain(run, rc) :
			       finish_outer(stack_pointer, rc);
	take_out(self, run);
	return rc == 0 && run->dropped ? -ECANCELED : rc;
}

CALLS_FUNCTION NOINLINE int run_plain(struct await *aw,
				      const struct await_func *func,
				      struct thread *self, struct run *run,
				      const void *addr)
{
	return run_fast(aw, func, self, run, addr, false, false);
}

CALLS_FUNCTION NOINLINE int run_watched(struct await *aw,
					const struct await_func *func,
					struct thread *self, struct run *run,
					const void *addr)
{
	return run_fast(aw, func, self, run, addr, true, false);
}

CALLS_FUNCTION NOINLINE int run_traced(struct await *aw,
				       const struct await_func *func,
				       struct thread *self, struct run *run,
				       const void *addr)
{
	return run_fast(aw, func, self, run, addr, true, true);
}

COLD void run_new(struct await *aw, const void *addr)
{
	struct thread *self = thread_self();
	/* Relaxed: this thread made it. */
	uint32_t word = atomic_load_explicit(&aw->state, memory_order_relaxed);

	if (!self || !runs_reserve(self))
		return;
	/* Other threads may set flags meanwhile. */
	while (state_of(word) == AWAIT_PENDING)
		if (claim_await(aw, &word, self)) {
			run_claimed(aw, self, addr, RUN_TRACED | RUN_STARTED);
			return;
		}
}

/* SPDX-License-Identifier: MIT */
/*
 * Running the function of an await, in the thread that has claimed the await.
 *
 * A run has a record in the thread's list (runs.h); func->run() calls the
 * function and stores the value; the end of the run takes the record out of use
 * and publishes the outcome. A run() with arguments to release ends its run
 * itself, by calling await_core_finish(); for all others that is done here.
 *
 * What is returned is the result of the wait: 0 or a negative errno. It is
 * -ECANCELED also if the last reference was dropped meanwhile: then the await
 * has been ended.
 *
 * A function that does not return has failed with -EOWNERDEAD. Where the stack
 * is unwound this is done as the frames below go; after longjmp() by
 * run_end_left(), or the run that it jumped back into.
 */
#pragma once

#include "common/assert.h"
#include "libawait/core/publish.h"
#include "libawait/core/runs.h"
#include "libawait/core/sink.h"

/* Bits that make the end of a run more than publishing. */
#define ARMED_RUN_END (AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_END) | ARMED_ARGS)

/* How run_claimed() runs; the values are bits. RUN_TRACED: it emits EXEC_BEGIN
 * if that is wanted, and lets the run be perturbed. RUN_STARTED: no wait came
 * first; of use with RUN_TRACED. */
enum { RUN_TRACED = 1, RUN_STARTED = 2 };
/* Runs aw, which self has claimed after runs_reserve(). */
CALLS_FUNCTION int run_claimed(struct await *aw, struct thread *self,
			       const void *addr, unsigned how);
/* Claims and runs an await that this thread has just created, unless another
 * one that has it already does. */
COLD void run_new(struct await *aw, const void *addr);
/* run_fast() for an await without WATCH; for one with it, whose run no consumer
 * wants now; and for one whose run is wanted. Not inlined into waits: hits
 * would pay for the registers that they save, and whoever asks for the frames
 * of runs must not be taken for one. */
CALLS_FUNCTION NOINLINE int run_plain(struct await *aw,
				      const struct await_func *func,
				      struct thread *self, struct run *run,
				      const void *addr);
CALLS_FUNCTION NOINLINE int run_watched(struct await *aw,
					const struct await_func *func,
					struct thread *self, struct run *run,
					const void *addr);
CALLS_FUNCTION NOINLINE int run_traced(struct await *aw,
				       const struct await_func *func,
				       struct thread *self, struct run *run,
				       const void *addr);

/* Ends the runs that the calling thread has left, as far as its innermost live
 * one. sp is an address of the caller's frame. True if there were any. */
COLD bool run_end_left(struct thread *self, const void *sp);
/* The same, but looks no closer where run_is_live() knows the call at addr.
 * self may be NULL. */
void run_end_if_left(struct thread *self, const void *addr, const void *sp);
/* Ends all runs of a thread that ends. */
void run_end_all(void);

/* --- parts of run_fast() --- */

/* Emits EXEC_BEGIN of aw, and stores in run what its end will need. */
NOINLINE void emit_begin(struct await *aw, struct run *run, const void *addr,
			 const void *frame, enum await_run_source source);
/* Ends run, the thread's innermost, which has nothing to release. */
NOINLINE int finish_plain(struct run *run, int rc);
/* The same for the run whose frame is at sp, after those inside it, which were
 * left. */
COLD int finish_outer(const void *sp, int rc);
/* The rest of end_run() if other threads have set flags meanwhile: see
 * wake_or_end(). */
NOINLINE int end_disturbed(struct await *aw, uint32_t word, const void *addr);
/* Ends the run whose frame, at sp, is being unwound, and those inside it. */
COLD void run_unwound(const void *sp);

/* For a variable that is true while the function of a run is called. */
static inline __attribute__((always_inline)) void
end_unwound(const bool *calling)
{
	if (*calling)
		run_unwound(stack_pointer);
}
#define ENDS_IF_UNWOUND __attribute__((cleanup(end_unwound)))

/* Publishes what became of aw, which this thread ran. Returns 0, or -ECANCELED
 * if it was doomed: then it has been ended. */
static inline int publish_run(struct await *aw, struct thread *self,
			      const struct run *run, int rc)
{
	uint32_t word =
		publish(aw, self, rc == 0 ? AWAIT_RESOLVED : AWAIT_FAILED);

	if (LIKELY(!(word & FLAGS_DISTURBED)))
		return 0;
	return end_disturbed(aw, word, run->addr);
}

/* Takes run, the innermost, out of use and publishes its outcome, as
 * publish_run(). */
static inline int end_run(struct await *aw, struct thread *self,
			  const struct run *run, int rc)
{
	ASSERT(run->aw == aw && runs_innermost(self) == run);
	runs_set_innermost(self, run->outer);
	return publish_run(aw, self, run, rc);
}

/* Makes run, which is of aw, the innermost. Inlined: its frame is that of the
 * function that calls func->run(). */
static inline __attribute__((always_inline)) void begin_run(struct run *run,
							    struct await *aw,
							    struct thread *self,
							    const void *addr)
{
	run->aw = aw;
	run->addr = addr;
	run->frame = stack_pointer;
	runs_set_innermost(self, run);
}

/* Does what is armed at the begin of a run. frame: OUTER_FRAME(). */
static inline __attribute__((always_inline)) void
begin_armed(struct run *run, struct await *aw, const void *addr,
	    const void *frame, enum await_run_source source)
{
	trap_event(AWAIT_EVENT_EXEC_BEGIN, AWAIT_RUNNING, aw, addr, 0);
	if (sink_enabled(ARMED_RUN))
		emit_begin(aw, run, addr, frame, source);
}

/* A record that is not in use has no begin. */
static inline void run_forget_begin(struct run *run)
{
	run->begin_ticks = 0;
	run->saved = NULL;
}

/* Fast path of run_claimed() for a PENDING await whose run() does not call
 * await_core_finish(). watched: a consumer may want the end of the run; traced:
 * emit its begin. */
static inline __attribute__((always_inline)) int
run_fast(struct await *aw, const struct await_func *func, struct thread *self,
	 struct run *run, const void *addr, bool watched, bool traced)
{
	bool calling ENDS_IF_UNWOUND = false;
	int rc;

	/* This is the first attempt, so the count is not at its maximum.
	 * Relaxed: see count_attempt(). */
	atomic_store_explicit(&aw->serial, serial_of(aw) + 1,
			      memory_order_relaxed);
	if (traced)
		begin_armed(run, aw, addr, OUTER_FRAME(), AWAIT_RUN_WAIT);
	begin_run(run, aw, self, addr);
	calling = true;
	rc = func->run(aw);
	calling = false;
	self = thread_self_;
	/* Not kept, but found: registers to keep it in would cost more. */
	run = runs_innermost(self);
	if (UNLIKELY(run->frame != stack_pointer))
		return finish_outer(stack_pointer, rc);
	if (watched ? rc != 0 || any_consumer_enabled(ARMED_RUN_END) :
		      (uint32_t)rc | (armed_mask() & ARMED_RUN_END))
		return finish_plain(run, rc);
	if (traced)
		run_forget_begin(run);
	return end_run(run->aw, self, run, 0);
}

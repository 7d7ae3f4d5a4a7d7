/* SPDX-License-Identifier: MIT */
/*
 * See runs.h. Whether a run is left:
 *
 * Its frame is below the stack pointer: it is left, if the two are addresses of
 * one stack at all. A function may have switched to a stack of its own
 * (swapcontext(), coroutines), so that is believed only of the stack that the
 * thread was given.
 *
 * Its frame is above: either that is still the frame of the function that
 * called func->run(), or the thread came back up with longjmp() and down again
 * another way. Unwinding tells, by looking for that frame: but it takes a
 * microsecond. So a call to wait that was inside of a run once is believed to
 * be inside of the run of the same function that lies in the same distance.
 */
#include "libawait/core/runs.h"

#include "libawait/core/memory.h"
#include "libawait/core/own_stack.h"

#include <string.h>
#include <unwind.h>

/* A power of two, a few times what a program has of calls inside of
 * functions. */
#define KNOWN 1024

/* Numbers that stand for calls that were found to be inside of a run. */
static AWAIT_ATOMIC(uint64_t) known[KNOWN];

/* Defined by the linker. */
extern const char __start_await_calls[] HIDDEN;
extern const char __stop_await_calls[] HIDDEN;

COLD static bool add_next(struct run *innermost)
{
	struct run *run = memory_alloc(sizeof(*run));

	if (!run)
		return false;
	memset(run, 0, sizeof(*run));
	run->outer = innermost;
	innermost->next = run;
	return true;
}

bool runs_reserve(struct thread *self)
{
	return LIKELY(runs_next(self) != NULL) ||
	       add_next(runs_innermost(self));
}

/* Whether both are addresses of the stack that this thread was given. Taken to
 * be so if that is not known. */
COLD static bool are_on_own_stack(const void *one, const void *other)
{
	struct own_stack stack;

	return !own_stack_find(&stack) ||
	       (own_stack_has(&stack, (uintptr_t)one) &&
		own_stack_has(&stack, (uintptr_t)other));
}

struct search {
	uintptr_t frame;
	bool calls; /* the frame before was of a function that calls run() */
	bool found;
	bool passed;
};

/* Called with one frame after the other, from the innermost on. */
static _Unwind_Reason_Code look(struct _Unwind_Context *context, void *data)
{
	struct search *search = data;
	/* As this frame called. */
	uintptr_t sp = _Unwind_GetCFA(context) - CFA_ABOVE_SP;
	uintptr_t call = _Unwind_GetIP(context) - 1;

	if (sp > search->frame) {
		/* It was in the frame before, or would have been. */
		search->found = search->calls;
		search->passed = true;
		return _URC_END_OF_STACK;
	}
	search->calls = call >= (uintptr_t)__start_await_calls &&
			call < (uintptr_t)__stop_await_calls;
	return _URC_NO_REASON;
}

COLD bool run_is_on_stack(const struct run *run, const void *sp)
{
	struct search search = { .frame = (uintptr_t)run->frame };

	if (run->frame == RUN_IS_OVER)
		return false;
	if (run->frame == RUN_IS_ENDING)
		return true;
	if ((uintptr_t)run->frame > (uintptr_t)sp) {
		_Unwind_Backtrace(look, &search);
		if (search.found || !search.passed)
			return true;
	}
	return !are_on_own_stack(run->frame, sp);
}

/* A number for one call, in one function's run, at one distance. */
static uint64_t fingerprint(const struct run *run, const void *addr,
			    const void *sp)
{
	const uint64_t odd = 0x9e3779b97f4a7c15;
	uint64_t mixed = (uintptr_t)run->frame - (uintptr_t)sp;

	mixed = (mixed * odd) ^ (uintptr_t)addr;
	if (run->aw)
		mixed = (mixed * odd) ^ (uintptr_t)run->aw->site->func;
	mixed *= odd;
	return mixed ^ mixed >> 32;
}

bool run_is_live(const struct run *run, const void *addr, const void *sp)
{
	AWAIT_ATOMIC(uint64_t) * slot;
	uint64_t print;

	if ((uintptr_t)run->frame <= (uintptr_t)sp)
		return run_is_on_stack(run, sp);
	print = fingerprint(run, addr, sp);
	slot = &known[print % KNOWN];
	/* Relaxed, both: the number itself is all there is. */
	if (LIKELY(atomic_load_explicit(slot, memory_order_relaxed) == print))
		return true;
	if (!run_is_on_stack(run, sp))
		return false;
	atomic_store_explicit(slot, print, memory_order_relaxed);
	return true;
}

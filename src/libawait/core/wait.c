/* SPDX-License-Identifier: MIT */
/*
 * Waiting: who runs, what becomes of it, and what everyone else gets.
 *
 *     PENDING or FAILED --claim--> RUNNING, owned by one thread
 *     RUNNING --end_run()--> RESOLVED or FAILED
 *
 * A claim is one compare-and-swap, so exactly one thread runs. It pushes a
 * struct run on its stack and calls func->run(), which calls the function and
 * stores the value. Then the run is popped and the outcome published, with the
 * flags that others set meanwhile (see asymmetric_barrier.c); func->run()
 * itself asks for that if it has arguments to release after it. Threads that
 * find it running sleep in block.c.
 *
 * A waiter that slept through a failed run gets that run's error; one that
 * comes later runs again, unless failures are final (sticky, or a promise).
 *
 * Settling a promise and cancelling are claims, too: settle.c.
 */
#include "libawait/core/wait.h"

#include "common/assert.h"
#include "libawait/core/asymmetric_barrier.h"
#include "libawait/core/block.h"
#include "libawait/core/clock.h"
#include "libawait/core/handle.h"
#include "libawait/core/hooks.h"
#include "libawait/core/object.h"
#include "libawait/core/saved_args.h"
#include "libawait/core/sink.h"

#include <errno.h>

/* wait_claim(), inlined into await_core_wait(), which knows the word. */
static inline bool claim(struct await *aw, uint32_t *word,
			 const struct thread *self)
{
	uint32_t running = self->running | (*word & FLAGS_MASK);

	if (thread_is_alone()) {
		/* Relaxed: there is nobody to order it for. */
		atomic_store_explicit(&aw->state, running,
				      memory_order_relaxed);
		return true;
	}
	/* Acquire: the arguments were written by the creator or a failed run;
	 * partner: await_core_publish() and wait_publish(). On failure
	 * too: the state may have turned RESOLVED. */
	return atomic_compare_exchange_strong_explicit(
		&aw->state, word, running, memory_order_acquire,
		memory_order_acquire);
}

bool wait_claim(struct await *aw, uint32_t *word, const struct thread *self)
{
	return claim(aw, word, self);
}

/* Counts the run; relaxed: only the owner writes, others only look. */
static void count_attempt(struct await *aw)
{
	uint32_t serial =
		atomic_load_explicit(&aw->serial, memory_order_relaxed) + 1;

	if (LIKELY(serial & SERIAL_ATTEMPTS)) /* or it stays at the most */
		atomic_store_explicit(&aw->serial, serial,
				      memory_order_relaxed);
}

NOINLINE static void emit_begin(struct run *run, struct run_notes *notes,
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

/* Returns whether the arguments are kept. */
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

/* Fast variant, for when no other thread can set flags. Release, here and in
 * the addition below: value and error before the outcome; partner:
 * await_core_hit() and every acquire of state. Acquire: if the last reference
 * is gone, what its holder did comes before the destructors; partner:
 * end_or_doom(). */
static inline uint32_t publish_undisturbed(struct await *aw,
					   const struct thread *self,
					   enum await_state outcome)
{
	uint32_t flags =
		atomic_load_explicit(&aw->state, memory_order_acquire) -
		self->running;

	atomic_store_explicit(&aw->state, outcome + flags,
			      memory_order_release);
	return flags;
}

/* Flags set meanwhile must stay: see asymmetric_barrier.c. */
static inline uint32_t publish_among_others(struct await *aw,
					    struct thread *self,
					    enum await_state outcome)
{
	uint32_t flags;

	/* Relaxed, and the compiler's fence: the processor's part is the
	 * membarrier() of publish_freeze(). */
	atomic_store_explicit(&self->publishing, 1, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	/* Acquire: a flag that was set while held is seen; partner:
	 * publish_thaw(). */
	if (UNLIKELY(atomic_load_explicit(&publish_freezers,
					  memory_order_acquire) != 0))
		flags = atomic_fetch_add_explicit(&aw->state,
						  outcome - self->running,
						  memory_order_acq_rel) -
			self->running;
	else
		flags = publish_undisturbed(aw, self, outcome);
	/* Release: it is published; partner: wait_until_published(). */
	atomic_store_explicit(&self->publishing, 0, memory_order_release);
	return flags;
}

/* Publishes the outcome, and returns the flags that were set. */
static inline uint32_t publish(struct await *aw, struct thread *self,
			       enum await_state outcome)
{
	/* Relaxed: this thread wrote the owner; flags may come. */
	ASSERT((atomic_load_explicit(&aw->state, memory_order_relaxed) &
		~FLAGS_MASK) == self->running);
	return thread_is_alone() ? publish_undisturbed(aw, self, outcome) :
				   publish_among_others(aw, self, outcome);
}

/* What the flags in word leave to the thread that published the outcome. */
static bool wake_or_end(struct await *aw, uint32_t word, const void *addr)
{
	if (word & FLAG_WAITERS)
		block_wake(aw);
	if (word & FLAG_DOOMED)
		object_end(aw, addr);
	return word & FLAG_DOOMED;
}

bool wait_publish(struct await *aw, struct thread *self,
		  enum await_state outcome, const void *addr)
{
	return wake_or_end(aw, publish(aw, self, outcome), addr);
}

void wait_store_error(struct await *aw, int rc)
{
	/* Relaxed: ordered by the release in wait_publish(). */
	if (rc != 0)
		atomic_store_explicit(&aw->error, rc, memory_order_relaxed);
}

static NOINLINE int end_disturbed(struct await *aw, uint32_t word,
				  const void *addr)
{
	return wake_or_end(aw, word, addr) ? -ECANCELED : 0;
}

/* Pops run and publishes its outcome. Returns 0, or -ECANCELED if aw was
 * doomed: then it has ended. */
static inline int end_run(struct await *aw, struct thread *self,
			  const struct run *run, int rc)
{
	uint32_t word;

	ASSERT(run->aw == aw &&
	       atomic_load_explicit(&self->run, memory_order_relaxed) == run);
	atomic_store_explicit(&self->run, run->outer, memory_order_relaxed);
	word = publish(aw, self, rc == 0 ? AWAIT_RESOLVED : AWAIT_FAILED);
	if (LIKELY(!(word & (FLAG_WAITERS | FLAG_DOOMED))))
		return 0;
	return end_disturbed(aw, word, run->addr);
}

/* Bits that make the end of a run more than publishing. */
#define ARMED_RUN_END (AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_END) | ARMED_ARGS)

/* All of the end of this thread's innermost run, which is of aw; as end_run().
 * *kept: its arguments are not to be released. */
static int finish(struct await *aw, int rc, bool *kept)
{
	struct thread *self = thread_self_;
	struct run *run =
		atomic_load_explicit(&self->run, memory_order_relaxed);
	int ended;

	wait_store_error(aw, rc);
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

/* finish() for runs that have nothing to release; returns the wait's result. */
static int finish_plain(struct await *aw, int rc)
{
	struct thread *self = thread_self_;
	bool kept;
	int ended;

	if (is_end_traced(aw, rc)) {
		ended = finish(aw, rc, &kept);
	} else {
		wait_store_error(aw, rc);
		ended = end_run(
			aw, self,
			atomic_load_explicit(&self->run, memory_order_relaxed),
			rc);
	}
	return rc ? rc : ended;
}

/* The same for run_fast(). */
static NOINLINE int finish_fast(struct await *aw, int rc)
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

/* On the stack of the thread that has claimed aw. Relaxed, all uses of
 * thread.run: written and read by its own thread; debuggers read it while the
 * thread is stopped. */
static inline void begin_run(struct run *run, struct await *aw,
			     struct thread *self, const void *addr)
{
	run->aw = aw;
	run->outer = atomic_load_explicit(&self->run, memory_order_relaxed);
	run->addr = addr;
}

/* Runs what self has claimed. */
static int run_here(struct await *aw, struct thread *self, const void *addr,
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

/* Fast path of run_here() for a PENDING await whose run() does not call
 * await_core_finish(). watched: a consumer may want the end of the run; traced:
 * emit its begin. */
static inline __attribute__((always_inline)) int
run_fast(struct await *aw, const struct await_func *func, struct thread *self,
	 const void *addr, bool watched, bool traced)
{
	struct run run; /* without notes, unless traced: finish_fast() */
	struct run_notes notes;
	int rc;

	begin_run(&run, aw, self, addr);
	/* The first attempt, so no care for the most. Relaxed: as above. */
	atomic_store_explicit(&aw->serial, serial_of(aw) + 1,
			      memory_order_relaxed);
	if (traced) {
		notes = (struct run_notes){ 0 };
		run.notes = NULL;
		trap_event(AWAIT_EVENT_EXEC_BEGIN, AWAIT_RUNNING, aw, addr, 0);
		if (sink_enabled(ARMED_RUN))
			emit_begin(&run, &notes, OUTER_FRAME());
	}
	atomic_store_explicit(&self->run, &run, memory_order_relaxed);
	rc = func->run(aw);
	/* From memory, not kept in registers, which costs more. */
	aw = run.aw;
	if (watched ? rc != 0 || any_consumer_enabled(ARMED_RUN_END) :
		      (uint32_t)rc | (armed_mask() & ARMED_RUN_END))
		return traced ? finish_plain(aw, rc) : finish_fast(aw, rc);
	return end_run(aw, thread_self_, &run, 0);
}

/* A function of its own: hits would pay for the registers that it saves. */
static NOINLINE int run_plain(struct await *aw, const struct await_func *func,
			      struct thread *self, const void *addr)
{
	return run_fast(aw, func, self, addr, false, false);
}

static bool failure_is_final(const struct await *aw, uint32_t word)
{
	const struct await_func *func = aw->site->func;

	return !func->run || func->flags & AWAIT_STICKY || word & FLAG_ORPHANED;
}

COLD void wait_run_new(struct await *aw, const void *addr)
{
	struct thread *self = thread_self();
	/* Relaxed: this thread made it, nobody else has it. */
	uint32_t word = atomic_load_explicit(&aw->state, memory_order_relaxed);

	/* Flags may be set meanwhile. */
	while (self && state_of(word) == AWAIT_PENDING)
		if (wait_claim(aw, &word, self)) {
			run_here(aw, self, addr, true);
			return;
		}
}

COLD void wait_run_claimed(struct await *aw, const void *addr)
{
	run_here(aw, thread_self_, addr, true);
}

NOINLINE int wait_for(struct await *aw, uint32_t layout,
		      const struct timespec *deadline, const void *addr)
{
	struct thread *self = thread_self();
	bool slept = false, shuffled = false;
	uint32_t word;
	int rc = check_handle(aw, layout, "await_wait", addr);

	if (rc != 0)
		return rc;
	if (!self)
		return -EAGAIN;
	/* Acquire: a value may be read next; partner: wait_publish(). */
	word = atomic_load_explicit(&aw->state, memory_order_acquire);
	for (;;) {
		switch (state_of(word)) {
		case AWAIT_RESOLVED:
			if (!slept)
				sink_event(AWAIT_EVENT_HIT, aw, addr,
					   OUTER_FRAME());
			return 0;
		case AWAIT_FAILED:
			if (slept || failure_is_final(aw, word))
				return await_core_error(aw);
			break;
		case AWAIT_PENDING:
		case AWAIT_RUNNING:
			break;
		case AWAIT_CANCELLED:
			return -ECANCELED;
		case AWAIT_FREE:
		default:
			return -ESTALE;
		}
		if (must_sleep(aw, word)) {
			rc = block_until_settled(aw, &word, deadline, addr);
			if (rc != 0)
				return rc;
			slept = true;
		} else if (is_armed(ARMED_PERTURB) && !shuffled) {
			shuffled = true;
			if (core_hooks.wait(aw, &word, deadline, addr, &rc))
				return rc;
		} else if (wait_claim(aw, &word, self)) {
			return run_here(aw, self, addr, is_armed(ARMED_RUN));
		}
	}
}

/* Fast path of a first wait, the common case after hits. word is the state just
 * loaded and is PENDING. */
static inline __attribute__((always_inline)) int
wait_fast(struct await *aw, uint32_t word, uint32_t layout, const void *addr,
	  bool traced)
{
	struct thread *self = thread_unchecked_;
	const bool watched = word & FLAG_WATCH; /* a constant, as traced is */

	if (LIKELY(self)) {
		const struct await_func *func = aw->site->func;

		if (LIKELY(func->plain_layout == layout) &&
		    LIKELY(claim(aw, &word, self))) {
			if (watched)
				return run_fast(aw, func, self, addr, true,
						traced);
			return run_plain(aw, func, self, addr);
		}
	}
	return wait_for(aw, layout, NULL, addr);
}

/* The same for a watched await whose run some consumer wants. */
static NOINLINE int wait_traced(struct await *aw, uint32_t layout,
				const void *addr)
{
	return wait_fast(aw, AWAIT_PENDING | FLAG_WATCH, layout, addr, true);
}

/* The same for a watched await whose run no consumer wants now. */
static NOINLINE int wait_untraced(struct await *aw, uint32_t layout,
				  const void *addr)
{
	return wait_fast(aw, AWAIT_PENDING | FLAG_WATCH, layout, addr, false);
}

/* A hit that some consumer wants. */
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
	 * await_core_publish() and wait_publish(). */
	uint32_t word =
		LIKELY(aw) ?
			atomic_load_explicit(&aw->state, memory_order_acquire) :
			AWAIT_FREE;

	/* Not watched, so runs are not armed: no need to look. */
	if (LIKELY(word == AWAIT_PENDING))
		return wait_fast(aw, AWAIT_PENDING, layout, CALL_SITE(), false);
	if (word == (AWAIT_RESOLVED | FLAG_WATCH)) {
		if (!any_consumer_enabled(AWAIT_EVENT_BIT(AWAIT_EVENT_HIT)))
			return 0;
		if (!(armed_mask() & ~AWAIT_EVENTS_ALL))
			return hit_traced(aw, layout, CALL_SITE());
	}
	if (word == (AWAIT_PENDING | FLAG_WATCH)) {
		if (!any_consumer_enabled(ARMED_RUN))
			return wait_untraced(aw, layout, CALL_SITE());
		if (!(armed_mask() & ~AWAIT_EVENTS_ALL))
			return wait_traced(aw, layout, CALL_SITE());
	}
	return wait_for(aw, layout, NULL, CALL_SITE());
}

EXPORT int await_core_wait_until(struct await *aw, uint32_t layout,
				 const struct timespec *deadline)
{
	static const struct timespec long_ago;

	if (deadline &&
	    (deadline->tv_nsec < 0 || deadline->tv_nsec >= 1000000000))
		return -EINVAL;
	/* Before the clock began is long ago; the kernel knows no such time. */
	if (deadline && deadline->tv_sec < 0)
		deadline = &long_ago;
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

/* SPDX-License-Identifier: MIT */
/*
 * Waiting: who runs, what becomes of it, and what everyone else gets.
 *
 *     PENDING or FAILED --claim--> RUNNING, owned by one thread
 *     RUNNING --await_core_finish()--> RESOLVED or FAILED
 *
 * A claim is one compare-and-swap, so exactly one thread runs. It pushes a
 * struct run on its stack and calls func->run(), which calls the function,
 * stores the value and calls await_core_finish(): the run is popped and the
 * outcome published by one atomic addition, which keeps the flags that others
 * set meanwhile. Threads that find it running sleep in block.c.
 *
 * A waiter that slept through a failed run gets that run's error; one that
 * comes later runs again, unless failures are final (sticky, or a promise).
 *
 * Settling a promise and cancelling are claims, too: settle.c.
 */
#include "internal.h"

#include <errno.h>
#include <time.h>

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

bool wait_claim(struct await *aw, uint32_t *word, const struct thread *self)
{
	uint32_t running = AWAIT_RUNNING | self->index << OWNER_SHIFT |
			   (*word & FLAGS_MASK);

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

/* Counts the run; relaxed: only the owner writes, others only look. */
static uint32_t count_attempt(struct await *aw)
{
	uint32_t serial =
		atomic_load_explicit(&aw->serial, memory_order_relaxed);

	if ((serial & SERIAL_ATTEMPTS) != SERIAL_ATTEMPTS)
		atomic_store_explicit(&aw->serial, ++serial,
				      memory_order_relaxed);
	return serial & SERIAL_ATTEMPTS;
}

COLD static void announce_begin(struct run *run, uint32_t attempt)
{
	struct await_event event = {
		.type = AWAIT_EVENT_EXEC_BEGIN,
		.state = AWAIT_RUNNING,
		.aw = run->aw,
		.addr = run->addr,
		.attempt = attempt,
	};

	sink_announce(&event);
	run->begin_ns = now_ns();
}

COLD static void announce_end(const struct run *run, int rc)
{
	struct await_event event = {
		.type = AWAIT_EVENT_EXEC_END,
		.state = rc == 0 ? AWAIT_RESOLVED : AWAIT_FAILED,
		.aw = run->aw,
		.addr = run->addr,
		.attempt = await_core_attempts(run->aw),
		.error = rc,
	};

	if (run->begin_ns != 0)
		event.latency_ns = now_ns() - run->begin_ns;
	sink_announce(&event);
}

static int run_here(struct await *aw, struct thread *self, const void *addr)
{
	/* Relaxed, all uses of thread.run: written and read by its own thread;
	 * debuggers read it while the thread is stopped. */
	struct run run = {
		.aw = aw,
		.outer = atomic_load_explicit(&self->run, memory_order_relaxed),
		.addr = addr,
	};
	uint32_t attempt = count_attempt(aw);
	int rc;

	if (sink_wants(AWAIT_EVENT_EXEC_BEGIN) ||
	    sink_wants(AWAIT_EVENT_EXEC_END))
		announce_begin(&run, attempt);
	atomic_store_explicit(&self->run, &run, memory_order_relaxed);
	rc = aw->site->func->run(aw);
	if (UNLIKELY(run.doomed) && rc == 0)
		return -ECANCELED;
	return rc;
}

bool wait_publish(struct await *aw, const struct thread *self,
		  enum await_state outcome, const void *addr)
{
	uint32_t word;

	if (thread_is_alone()) {
		word = atomic_load_explicit(&aw->state, memory_order_relaxed);
		/* Release: threads to come are made after it anyway; it keeps
		 * the compiler from storing the value later. */
		atomic_store_explicit(&aw->state, outcome | (word & FLAGS_MASK),
				      memory_order_release);
	} else {
		/* Release: value and error before the outcome; partner:
		 * await_core_hit() and every acquire of state. Acquire: if the
		 * last reference is gone, what its holder did comes before the
		 * destructors; partner: await_core_unref(). An addition, not
		 * an exchange, for flags set meanwhile must stay. */
		word = atomic_fetch_add_explicit(
			&aw->state,
			outcome - AWAIT_RUNNING - (self->index << OWNER_SHIFT),
			memory_order_acq_rel);
	}
	if (LIKELY(!(word & (FLAG_WAITERS | FLAG_DOOMED))))
		return false;
	if (word & FLAG_WAITERS)
		block_wake(aw);
	if (word & FLAG_DOOMED)
		object_end(aw, addr);
	return word & FLAG_DOOMED;
}

void wait_store_error(struct await *aw, int rc)
{
	/* Relaxed: ordered by the release in wait_publish(). */
	if (rc != 0)
		atomic_store_explicit(&aw->error, rc, memory_order_relaxed);
}

EXPORT void await_core_finish(struct await *aw, int rc)
{
	struct thread *self = thread_self_;
	struct run *run =
		atomic_load_explicit(&self->run, memory_order_relaxed);

	wait_store_error(aw, rc);
	if (sink_wants(AWAIT_EVENT_EXEC_END))
		announce_end(run, rc);
	atomic_store_explicit(&self->run, run->outer, memory_order_relaxed);
	run->doomed = wait_publish(
		aw, self, rc == 0 ? AWAIT_RESOLVED : AWAIT_FAILED, run->addr);
}

static bool failure_is_final(const struct await *aw, uint32_t word)
{
	const struct await_func *func = aw->site->func;

	return !func->run || func->flags & AWAIT_STICKY || word & FLAG_ORPHANED;
}

static int wait_for(struct await *aw, const struct timespec *deadline,
		    const void *addr)
{
	struct thread *self = thread_self();
	bool slept = false;
	uint32_t word;
	int rc;

	if (!aw)
		return -EINVAL;
	if (!self)
		return -EAGAIN;
	/* Acquire: a value may be read next; partner: wait_publish(). */
	word = atomic_load_explicit(&aw->state, memory_order_acquire);
	for (;;) {
		switch (state_of(word)) {
		case AWAIT_RESOLVED:
			if (!slept)
				sink_event(AWAIT_EVENT_HIT, aw, addr);
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
		} else if (wait_claim(aw, &word, self)) {
			return run_here(aw, self, addr);
		}
	}
}

EXPORT int await_core_wait(struct await *aw)
{
	return wait_for(aw, NULL, CALL_SITE());
}

EXPORT int await_core_wait_until(struct await *aw,
				 const struct timespec *deadline)
{
	static const struct timespec long_ago;

	if (deadline &&
	    (deadline->tv_nsec < 0 || deadline->tv_nsec >= 1000000000))
		return -EINVAL;
	/* Before the clock began is long ago; the kernel knows no such time. */
	if (deadline && deadline->tv_sec < 0)
		deadline = &long_ago;
	return wait_for(aw, deadline, CALL_SITE());
}

EXPORT int await_core_wait_all(struct await *const *awaits, size_t count,
			       int *errors, size_t *first)
{
	size_t failed = count;
	int rc, result = 0;

	for (size_t i = 0; i < count; i++) {
		rc = await_core_hit(awaits[i]) ?
			     0 :
			     wait_for(awaits[i], NULL, CALL_SITE());
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

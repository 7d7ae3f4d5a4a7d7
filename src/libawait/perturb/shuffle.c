/* SPDX-License-Identifier: MIT */
/*
 * LIBAWAIT_PERTURB=shuffle: a wait that would run a function may let another
 * thread run it instead, and sleeps as if that thread had come first.
 *
 * Each such run has a thread of its own, the helper. The waiter creates it,
 * claims the await for it (the state word names the helper as the owner), and
 * does what any wait does that finds an await running. The helper begins as
 * soon as the waiter's edge is published (sleep.c), and no earlier: so a cycle
 * is refused at the same wait as without the option, and the run's events lie
 * between the waiter's BLOCK_BEGIN and BLOCK_END. The waiter joins the helper,
 * so that all of the run, including the release of its arguments, is done when
 * the wait returns; a waiter that gave up at its deadline detaches it.
 *
 * The waiter holds a reference of its own, as its caller's may be dropped while
 * the function runs: a wait that runs the function survives that, but a
 * sleeping one would not.
 *
 * Which waits do so follows from the seed and the number of the wait, among
 * those of the process that would run a function.
 */
#define _GNU_SOURCE
#include "libawait/perturb/shuffle.h"

#include "libawait/core/memory.h"
#include "libawait/core/claim.h"
#include "libawait/core/object.h"
#include "libawait/core/run.h"
#include "libawait/core/sleep.h"
#include "libawait/perturb/perturb.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { UNKNOWN, READY, GO, LEAVE };

/* Allocated by the waiter, freed by the helper thread once it knows what to
 * do. */
struct helper {
	AWAIT_ATOMIC(uint32_t) step; /* READY by the helper; then the waiter */
	struct thread *thread;	     /* the helper's entry, or NULL */
	pthread_t id;
	struct await *aw;
	const void *addr;
};

/* Constant once the first await is made. */
static bool shuffling;
static uint64_t seed;

static AWAIT_ATOMIC(uint64_t) waits;

/* The helper for which this thread has claimed an await, until this thread
 * sleeps. */
static __thread struct helper *helper_of_self
	__attribute__((tls_model("initial-exec")));

void shuffle_begin(uint64_t number)
{
	shuffling = true;
	seed = number;
}

/* Whether the next wait is chosen: a bit of SplitMix64. */
static bool is_chosen(void)
{
	/* Relaxed: a count, no more. */
	uint64_t number =
		atomic_fetch_add_explicit(&waits, 1, memory_order_relaxed) + 1;
	uint64_t bits = seed + number * 0x9e3779b97f4a7c15u;

	bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
	bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
	return (bits ^ bits >> 31) & 1;
}

/* Release: the helper's fields are written first; partner: await_step(). The
 * other side may free the helper right after the store, but waking only needs
 * its address. */
static void make_step(struct helper *helper, uint32_t step)
{
	atomic_store_explicit(&helper->step, step, memory_order_release);
	syscall(SYS_futex, &helper->step, FUTEX_WAKE_PRIVATE, INT_MAX, NULL,
		NULL, 0);
}

/* Waits until the step is another one than after, and returns it. */
static uint32_t await_step(struct helper *helper, uint32_t after)
{
	uint32_t step;

	/* Acquire: partner of make_step(). */
	while ((step = atomic_load_explicit(&helper->step,
					    memory_order_acquire)) == after)
		syscall(SYS_futex, &helper->step, FUTEX_WAIT_PRIVATE, after,
			NULL, NULL, 0);
	return step;
}

static void *help(void *data)
{
	struct helper *helper = data;
	struct await *aw;
	const void *addr;
	uint32_t step;

	helper->thread = thread_self();
	make_step(helper, READY);
	step = await_step(helper, READY);
	aw = helper->aw;
	addr = helper->addr;
	free(helper);
	if (step == GO)
		run_claimed(aw, thread_self(), addr, RUN_TRACED);
	return NULL;
}

/* Only the program's own threads should handle signals; but signals for faults
 * cannot be blocked without ending the process. */
static void block_signals(sigset_t *before)
{
	static const int faults[] = { SIGSEGV, SIGBUS,	SIGFPE,
				      SIGILL,  SIGTRAP, SIGSYS };
	sigset_t all;

	sigfillset(&all);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigdelset(&all, faults[i]);
	pthread_sigmask(SIG_BLOCK, &all, before);
}

/* Creates a helper, which then waits for its next step. NULL when it cannot be
 * created. */
static struct helper *make_helper(struct await *aw, const void *addr)
{
	struct helper *helper = memory_alloc(sizeof(*helper));
	sigset_t before;
	int rc;

	if (!helper)
		return NULL;
	*helper = (struct helper){ .aw = aw, .addr = addr };
	block_signals(&before);
	rc = pthread_create(&helper->id, NULL, help, helper);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc != 0) {
		free(helper);
		return NULL;
	}
	await_step(helper, UNKNOWN);
	return helper;
}

static void send_away(struct helper *helper)
{
	pthread_t id = helper->id;

	make_step(helper, LEAVE);
	pthread_join(id, NULL);
}

/* Claims aw for thread, unless it leaves the state in *word first. */
static bool claim_for(const struct thread *thread, struct await *aw,
		      uint32_t *word)
{
	enum await_state state = state_of(*word);

	while (thread && state_of(*word) == state)
		if (claim_await(aw, word, thread))
			return true;
	return false;
}

/* Sleeps until the helper's run is over, or the deadline; the result of the
 * wait. */
static int sleep_beside(struct helper *helper, struct await *aw, uint32_t *word,
			const struct timespec *deadline, const void *addr)
{
	pthread_t id = helper->id;
	int rc;

	helper_of_self = helper;
	rc = sleep_until_settled(aw, word, deadline, addr);
	if (rc != 0) {
		pthread_detach(id);
		return rc;
	}
	pthread_join(id, NULL);
	if (state_of(*word) == AWAIT_FAILED)
		return await_core_error(aw);
	/* Acquire: as is_free_to_end(). If this reference is the last, the wait
	 * does not get the value. */
	return atomic_load_explicit(&aw->refs, memory_order_acquire) == 1 ?
		       -ECANCELED :
		       0;
}

bool shuffle_wait(struct await *aw, uint32_t *word,
		  const struct timespec *deadline, const void *addr, int *rc)
{
	struct helper *helper;

	if (!shuffling || !perturb_applies(thread_self_) || !is_chosen())
		return false;
	helper = make_helper(aw, addr);
	if (!helper)
		return false;
	if (!claim_for(helper->thread, aw, word)) {
		send_away(helper);
		return false;
	}
	await_core_ref(aw);
	/* Acquire: a value may be read next; partner: publish_outcome(). */
	*word = atomic_load_explicit(&aw->state, memory_order_acquire);
	*rc = sleep_beside(helper, aw, word, deadline, addr);
	sink_outcome(AWAIT_EVENT_WAIT_END, state_of(*word), aw, *rc, addr);
	if (object_drop(aw, addr) && *rc == 0)
		*rc = -ECANCELED;
	return true;
}

void shuffle_sleeps(void)
{
	struct helper *helper = helper_of_self;

	helper_of_self = NULL;
	if (helper)
		make_step(helper, GO);
}

/* SPDX-License-Identifier: MIT */
/*
 * The oracle: what must be true of every await, whatever the threads did.
 *
 * Each await of a scenario has a record, made before it and outliving it. The
 * function, its argument's hooks, the value's destructor and every operation
 * tell the record, which holds them to this model:
 *
 *     an await's function runs alone: no two runs overlap, and run n begins
 *     after run n - 1 failed. Runs 1 to `fails` fail with an error that names
 *     the run; the next succeeds; none comes after it, nor after any run of a
 *     sticky await. await_attempts() counts them
 *     a promise takes the offer of one thread: each thread has one offer for
 *     it, a value or an error that names the thread. Who is not the one gets
 *     -EALREADY
 *     a cancel succeeds at most once, only where no run ever begins, and has
 *     the argument released when it returns; others get -EBUSY or -EALREADY,
 *     and only the latter once it is known how the await ended
 *     a wait returns the one value; or the one error, if failing is final; or
 *     the error of a run that was not over when the wait began; or -ECANCELED
 *     after a cancel; -EDEADLK only in a ring; -ETIMEDOUT only at a deadline
 *     that is not far, and not once it is known how the await ended
 *     a part has the value and the errors of its whole
 *     an argument is taken once and released once, a value is made at most
 *     once and destroyed as often, and all that is done when the last
 *     reference was dropped
 *
 * Counters are relaxed atomics, so that the oracle orders nothing for the
 * library it judges. Some fields are plain on purpose, for the thread
 * sanitizer: `plain` is written by each run, and read by the next run and by
 * each wait that succeeds; said[] is written by each thread before it settles
 * a promise, and the winner's is read by each wait; touched[] is written by
 * each thread before it gives a reference back, and read by the destructor.
 */
#pragma once

#include <await/await.h>

#include <stdbool.h>

#define THREADS_MOST 60 /* workers; their numbers begin at 1 */
#define WHO_MOST 64	/* with the main thread, 0, and helpers */

enum kind {
	KIND_READY,   /* await_nowait() */
	KIND_LAZY,    /* has a function; may wait for target first */
	KIND_STICKY,  /* the same, and fails for good */
	KIND_PROMISE, /* threads make offers */
	KIND_PART,    /* a field of target's value */
	KIND_DOOMED,  /* drops its last reference while it runs */
	KIND_CUT,     /* of a ring; makes a value of -EDEADLK */
	KIND_SOUR,    /* of a ring; passes -EDEADLK on as its failure */
};

/* How an await ended for good; numbers from 1 to WHO_MOST name a promise's
 * offer, or the only run of a sticky await that failed. */
#define OUTCOME_VALUE 1000u
#define OUTCOME_CANCELLED 1001u

struct record {
	struct await *aw; /* written by its maker before others see it */
	struct record *target;
	uint64_t value;
	uint32_t number;
	enum kind kind;
	uint32_t fails;
	uint32_t depth; /* of the chain below it */
	bool wide;	/* a large slot */
	bool slow;	/* runs long enough for others to sleep */
	bool hasty;	/* waits for its target with a deadline first */
	bool sent_away; /* KIND_DOOMED: another thread drops it */
	bool kept;	/* KIND_PROMISE: all offers are values */
	AWAIT_ATOMIC(uint32_t) inside, begun, ended, refused, dropped;
	AWAIT_ATOMIC(uint32_t) taken, released, made, destroyed;
	AWAIT_ATOMIC(uint32_t) cancels, cancelled; /* tried; successes */
	AWAIT_ATOMIC(uint32_t) settled, turned_down, outcome, due;
	AWAIT_ATOMIC(uint32_t) parts_made, parts_destroyed;
	uint32_t plain;
	uint8_t said[WHO_MOST];
	uint8_t touched[WHO_MOST];
};

/* Who this thread is, and what runs now, for messages and seeds. */
extern __thread unsigned me;
struct scene {
	const char *name;
	unsigned test, which, threads, round; /* which scenario */
	uint64_t seed;
};
extern struct scene scene;

static inline uint32_t tally(AWAIT_ATOMIC(uint32_t) * counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

/* The count that it adds. */
static inline uint32_t tally_one(AWAIT_ATOMIC(uint32_t) * counter)
{
	return atomic_fetch_add_explicit(counter, 1, memory_order_relaxed) + 1;
}

/* Prints await, expectation and seed, and exits 1. record may be NULL. */
__attribute__((noreturn)) void oracle_fail(const struct record *record,
					   const char *what, uint64_t expected,
					   uint64_t got);
static inline void oracle_equal(const struct record *record, const char *what,
				uint64_t expected, uint64_t got)
{
	if (expected != got)
		oracle_fail(record, what, expected, got);
}

/* Random numbers: the same list for the same seed on every machine. */
uint64_t random_next(uint64_t *state);
/* The list of one thread in this round. */
uint64_t random_of(unsigned who);

/* A thread learned how the await ended: all must learn the same. */
void oracle_agree(struct record *record, uint32_t outcome);

/*
 * Makes the await of a record whose number, kind and what that needs are set.
 * KIND_LAZY, KIND_STICKY and KIND_PART take a reference of their own to the
 * target; in rings the caller keeps all members alive.
 */
void record_make(struct record *record);
int record_wait(struct record *record);
/* With a deadline long past, near, or very far, by choice. */
int record_wait_until(struct record *record, uint64_t choice);
#define ALL_MOST 8
void record_wait_all(struct record *const *records, size_t count);
void record_peek(struct record *record);
/* This thread's offer. */
void record_settle(struct record *record);
int record_cancel(struct record *record);
struct record *record_ref(struct record *record);
void record_drop(struct record *record);
/* Whether a wait that returned rc has said how the await ends. */
bool record_is_final(const struct record *record, int rc);

/* All references are gone: each record's account must be even. */
void oracle_settle(struct record *records, uint32_t count);

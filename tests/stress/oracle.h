/* SPDX-License-Identifier: MIT */
/*
 * The oracle: what must be true of every await, whatever the threads did.
 *
 * Each await of a scenario has a record, made before it and outliving it. The
 * function, its argument's hooks, the value's destructor and every wait tell
 * the record, which holds them to this model:
 *
 *     an await's function runs alone: no two runs overlap, and run n begins
 *     after run n - 1 failed. Runs 1 to `fails` fail with an error that names
 *     the run; the next succeeds; none comes after it
 *     a wait returns that one value, or the error of a run that was not over
 *     when the wait began; it returns -EDEADLK only in a ring
 *     an argument is taken once and released once, a value is made at most
 *     once and destroyed as often, and all that is done when the last
 *     reference was dropped
 *
 * Counters are relaxed atomics, so that the oracle orders nothing for the
 * library it judges. Two fields are plain on purpose, for the thread
 * sanitizer: `plain` is written by each run, and read by the next run and by
 * each wait that succeeds; touched[] is written by each thread before it gives
 * a reference back, and read by the destructor.
 */
#pragma once

#include <await/await.h>

#include <stdbool.h>

#define THREADS_MOST 60 /* workers; their numbers begin at 1 */
#define WHO_MOST 64	/* with the main thread, 0, and helpers */

enum kind {
	KIND_READY,  /* await_nowait() */
	KIND_LAZY,   /* has a function; may wait for target first */
	KIND_DOOMED, /* drops its last reference while it runs */
	KIND_CUT,    /* of a ring; makes a value of -EDEADLK */
	KIND_SOUR,   /* of a ring; passes -EDEADLK on as its failure */
};

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
	bool sent_away; /* KIND_DOOMED: another thread drops it */
	AWAIT_ATOMIC(uint32_t) inside, begun, ended, refused, dropped;
	AWAIT_ATOMIC(uint32_t) taken, released, made, destroyed;
	uint32_t plain;
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

/*
 * Makes the await of a record whose number, kind, fails, wide, sent_away and
 * target are set. A KIND_LAZY takes a reference of its own to the target; in
 * rings the caller keeps all members alive.
 */
void record_make(struct record *record);
int record_wait(struct record *record);
void record_peek(struct record *record);
struct record *record_ref(struct record *record);
void record_drop(struct record *record);

/* All references are gone: each record's account must be even. */
void oracle_settle(struct record *records, uint32_t count);

/* mixed.c: a KIND_DOOMED that is sent_away gives its reference to another
 * thread here; this returns when it has been dropped. */
void send_away(struct record *record);

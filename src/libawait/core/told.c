/* SPDX-License-Identifier: MIT */
/*
 * Who is to be told of outcomes.
 *
 * Entries are in a hash table, keyed by the address of their await, and beside
 * awaits: these know of them only by WAITERS in the state word, which is
 * also the flag of threads that sleep on the word. So whoever ends RUNNING
 * (publish.h) or the await (object.c), and finds the flag, comes here. Nobody
 * else pays.
 *
 * One lock guards the table, and every clearing of WAITERS. Under it:
 *
 *     An entry is of the await that is in its slot now: it was added while that
 *     had no outcome and, with WAITERS set, the slot is not freed before the
 *     entry is taken out.
 *
 * A thread that comes late, as another has told those that it came to tell and
 * the slot holds another await, finds entries of an await without an outcome:
 * it leaves them, and the flag. A failed await that may run again must not be
 * claimed while WAITERS is set, or those who are to be told of the failure
 * would be taken for some who wait for the next outcome: see wait.c.
 *
 * Eventfds are written to and callbacks called after the lock is released. A
 * thread is woken under it, as the entry is the thread's own.
 */
#define _GNU_SOURCE
#include "libawait/core/told_table.h"

#include "libawait/core/asymmetric_barrier.h"
#include "libawait/core/memory.h"
#include "libawait/core/sanitizer.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

struct told_table told_table;

void told_lock_contended(void)
{
	/* Acquire: as in told_try_lock(). */
	while (atomic_exchange_explicit(&told_table.lock, 2,
					memory_order_acquire) != 0)
		syscall(SYS_futex, &told_table.lock, FUTEX_WAIT_PRIVATE, 2,
			NULL, NULL, 0);
}

void told_unlock_contended(void)
{
	/* Release: as in told_try_unlock(). */
	atomic_store_explicit(&told_table.lock, 0, memory_order_release);
	syscall(SYS_futex, &told_table.lock, FUTEX_WAKE_PRIVATE, 1, NULL, NULL,
		0);
}

void told_lock(void)
{
	if (!told_try_lock())
		told_lock_contended();
}

void told_unlock(void)
{
	if (!told_try_unlock())
		told_unlock_contended();
}

/* Of an await that has one; of another it is that it never will. */
int told_outcome_of(const struct await *aw, uint32_t word)
{
	switch (state_of(word)) {
	case AWAIT_RESOLVED:
		return 0;
	case AWAIT_FAILED:
		/* Relaxed: stored before the state that was read. */
		return atomic_load_explicit(&((struct await *)aw)->error,
					    memory_order_relaxed);
	default:
		return -ECANCELED;
	}
}

void told_sleeps(const struct await *aw, int more)
{
	/* Sequentially consistent, with the load in told_flag() that follows:
	 * either whoever publishes finds this thread counted, or this thread
	 * finds the outcome; partner: clear_flag(). */
	atomic_fetch_add_explicit(&told_table.sleepers[told_bucket(aw)],
				  (uint32_t)more, memory_order_seq_cst);
}

bool told_flag(struct await *aw, uint32_t *word)
{
	/* Sequentially consistent: see told_sleeps(). */
	*word = atomic_load_explicit(&aw->state, memory_order_seq_cst);
	while (!told_has_outcome(*word) && !(*word & FLAG_WAITERS)) {
		bool held = publish_freeze_owner(*word);

		/* Acquire: an outcome is read next; partner: publish_outcome().
		 * Setting the flag orders nothing: whoever finds it takes the
		 * lock, and the futex compares the word again. */
		if (atomic_compare_exchange_strong_explicit(
			    &aw->state, word, *word | FLAG_WAITERS,
			    memory_order_acquire, memory_order_acquire))
			*word |= FLAG_WAITERS;
		publish_thaw(held);
	}
	return !told_has_outcome(*word);
}

static bool is_same(const struct told *a, const struct told *b)
{
	return a->kind == b->kind &&
	       (a->kind == TOLD_EVENTFD ?
			a->fd == b->fd :
			a->call == b->call && a->data == b->data);
}

static struct told **find_same(struct await *aw, const struct told *what)
{
	struct told **at = told_find(&told_table.buckets[told_bucket(aw)], aw);

	while (*at && !is_same(*at, what))
		at = told_find(&(*at)->next, aw);
	return at;
}

static void insert(struct told *told)
{
	struct told **bucket = &told_table.buckets[told_bucket(told->aw)];

	/* Relaxed: guarded by the lock. */
	atomic_store_explicit(&told->done, false, memory_order_relaxed);
	told->next = *bucket;
	*bucket = told;
}

static struct told *new_entry(const struct told *what)
{
	struct told *told;

	told_lock();
	told = told_table.spare;
	if (told)
		told_table.spare = told->next;
	told_unlock();
	if (!told)
		told = memory_alloc(sizeof(*told));
	if (told)
		*told = *what;
	return told;
}

int told_add(struct await *aw, const struct told *what, int *outcome)
{
	struct told *told = new_entry(what);
	uint32_t word;
	int rc = 0;

	if (!told)
		return -ENOMEM;
	told->aw = aw;
	sanitizer_release(told);
	told_lock();
	if (*find_same(aw, what))
		rc = -EALREADY;
	else if (!told_flag(aw, &word))
		rc = TOLD_SETTLED;
	else
		insert(told);
	if (rc != 0)
		told_put_aside(told);
	told_unlock();
	if (rc == TOLD_SETTLED)
		*outcome = told_outcome_of(aw, word);
	return rc;
}

/* WAITERS stays: it costs no more than a look. */
int told_remove(struct await *aw, const struct told *what)
{
	struct told **at, *told;

	told_lock();
	at = find_same(aw, what);
	told = *at;
	if (told) {
		*at = told->next;
		told_put_aside(told);
	}
	told_unlock();
	return told ? 0 : -ENOENT;
}

/* Whether aw may yet get an outcome without this thread. */
static bool is_under_way(const struct await *aw, uint32_t word)
{
	return state_of(word) == AWAIT_RUNNING ||
	       (state_of(word) == AWAIT_PENDING && !aw->site->func->run);
}

bool told_add_any(struct any *any)
{
	uint32_t i, word;

	told_lock();
	for (i = 0; i < any->count; i++) {
		struct told *told = &any->entries[i];

		/* Acquire: as told_flag(). */
		word = atomic_load_explicit(&told->aw->state,
					    memory_order_acquire);
		if (!is_under_way(told->aw, word) ||
		    !told_flag(told->aw, &word))
			break;
		insert(told);
	}
	told_unlock();
	return i == any->count;
}

void told_remove_any(struct any *any)
{
	told_lock();
	for (uint32_t i = 0; i < any->count; i++) {
		struct told *told = &any->entries[i], **at;

		for (at = &told_table.buckets[told_bucket(told->aw)];
		     *at && *at != told;)
			at = &(*at)->next;
		if (*at)
			*at = told->next;
	}
	told_unlock();
}

void told_forget(void)
{
	for (uint32_t i = 0; i < BUCKETS; i++) {
		struct told *told = told_table.buckets[i], *next;

		told_table.buckets[i] = NULL;
		for (; told; told = next) {
			next = told->next;
			if (told->kind != TOLD_THREAD)
				free(told);
		}
	}
	/* Relaxed: the child has one thread, and that does not sleep. */
	for (uint32_t i = 0; i < BUCKETS; i++)
		atomic_store_explicit(&told_table.sleepers[i], 0,
				      memory_order_relaxed);
}

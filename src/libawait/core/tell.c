/* SPDX-License-Identifier: MIT */
/*
 * Telling: an await has an outcome, or ends. told.c has the model.
 */
#define _GNU_SOURCE
#include "libawait/core/sanitizer.h"
#include "libawait/core/told_table.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

static void wake_thread(struct told *told)
{
	AWAIT_ATOMIC(uint32_t) *word = told->data;

	/* Release: outcome; partner: is_told() in any.c, and cycle.c. */
	atomic_store_explicit(&told->done, true, memory_order_release);
	/* Release: the same; partner: sleep_on() in any.c. */
	atomic_store_explicit(word, 1, memory_order_release);
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* Takes the entries of aw out, each with its outcome. The newest come first in
 * the table and last in *told. */
static void take(const struct await *aw, struct told **at, int outcome,
		 struct told **told)
{
	struct told *next;

	for (; (next = *at); at = told_find(at, aw)) {
		*at = next->next;
		next->outcome = outcome;
		if (next->kind == TOLD_THREAD) {
			wake_thread(next);
		} else {
			next->next = *told;
			*told = next;
		}
	}
}

/* Clearing the flag lets hits be one comparison again. Should the slot be in
 * another run, or hold another await, by now, those who sleep on it are woken,
 * too, and look again: nothing is lost. Sequentially consistent, both: see
 * told_sleeps(). */
static inline void clear_flag(struct await *aw)
{
	atomic_fetch_and_explicit(&aw->state, ~FLAG_WAITERS,
				  memory_order_seq_cst);
}

static inline bool has_sleepers(const struct await *aw)
{
	return UNLIKELY(
		atomic_load_explicit(&told_table.sleepers[told_bucket(aw)],
				     memory_order_seq_cst) != 0);
}

static NOINLINE void wake_sleepers(struct await *aw)
{
	syscall(SYS_futex, &aw->state, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL,
		0);
}

/* Not write(), at which a thread may be cancelled. That a full counter cannot
 * take more leaves the eventfd readable. */
static inline void write_eventfd(int fd)
{
	static const uint64_t one = 1;

	if (sanitizer_sees_writes())
		(void)!write(fd, &one, sizeof(one));
	else
		syscall(SYS_write, fd, &one, sizeof(one));
}

void told_now(const struct told *what, int outcome)
{
	if (what->kind == TOLD_CALL)
		what->call(what->data, outcome);
	else
		write_eventfd(what->fd);
}

/* Tells those that were taken out. */
static void tell(struct told *told)
{
	struct told *next;

	for (; told; told = next) {
		next = told->next;
		sanitizer_acquire(told);
		told_now(told, told->outcome);
		told_lock();
		told_put_aside(told);
		told_unlock();
	}
}

/* The caller holds the lock, which is released. With ending, aw has an outcome
 * or never will. */
static NOINLINE void tell_all(struct await *aw, bool ending)
{
	struct told **at = told_find(&told_table.buckets[told_bucket(aw)], aw),
		    *told = NULL;
	/* Acquire: the outcome is read next; partner: publish_outcome(). */
	uint32_t word = atomic_load_explicit(&aw->state, memory_order_acquire);
	bool any = *at, late = any && !ending && !told_has_outcome(word);

	if (any && !late)
		take(aw, at, told_outcome_of(aw, word), &told);
	if (!late)
		clear_flag(aw);
	told_unlock();
	if (has_sleepers(aw))
		wake_sleepers(aw);
	tell(told);
}

/* Parts of told_outcome() for what is rare; all of them are jumped to, so that
 * it saves no register. */
static NOINLINE void tell_contended(struct await *aw)
{
	told_lock_contended();
	tell_all(aw, false);
}

static NOINLINE void wake_and_write(struct await *aw, int fd)
{
	if (has_sleepers(aw))
		wake_sleepers(aw);
	write_eventfd(fd);
}

static NOINLINE void unlock_and_write(struct await *aw, int fd)
{
	told_unlock_contended();
	wake_and_write(aw, fd);
}

/* Most often one eventfd is to be told, and no other await's entry is beside
 * its own. */
void told_outcome(struct await *aw)
{
	struct told **at = &told_table.buckets[told_bucket(aw)], *told;
	int fd;

	if (!told_try_lock()) {
		tell_contended(aw);
		return;
	}
	told = *at;
	/* Relaxed: the outcome is not read. */
	if (!told || told->aw != aw || (uintptr_t)told->next | told->kind ||
	    state_of(atomic_load_explicit(&aw->state, memory_order_relaxed)) <=
		    AWAIT_RUNNING) {
		tell_all(aw, false);
		return;
	}
	*at = NULL;
	fd = told->fd;
	told_put_aside(told);
	clear_flag(aw);
	if (!told_try_unlock())
		unlock_and_write(aw, fd);
	else if (has_sleepers(aw))
		wake_and_write(aw, fd);
	else
		write_eventfd(fd);
}

void told_end(struct await *aw)
{
	told_lock();
	tell_all(aw, true);
}

bool told_first(struct await *aw, uint32_t *word)
{
	if (!(*word & FLAG_WAITERS))
		return false;
	told_outcome(aw);
	/* Acquire: as any look at the state of a wait. */
	*word = atomic_load_explicit(&aw->state, memory_order_acquire);
	return true;
}

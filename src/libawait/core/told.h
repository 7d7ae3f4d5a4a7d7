/* SPDX-License-Identifier: MIT */
/*
 * The side table of who is to be told of an await's outcome: eventfds and
 * callbacks (notify.c), and threads that sleep on several awaits (any.c).
 * told.c has the model.
 */
#pragma once

#include "libawait/core/state.h"

#include <stdbool.h>

enum told_kind { TOLD_EVENTFD = 0, TOLD_CALL, TOLD_THREAD };

/* An entry. */
struct told {
	struct told *next;
	struct await *aw;
	enum told_kind kind;
	int fd;
	void (*call)(void *data, int outcome);
	void *data;
	int outcome; /* once it was told */
	/* Set, with outcome, as the entry is taken out of the table. */
	AWAIT_ATOMIC(bool) done;
};

/*
 * The awaits that a thread sleeps on at once. It lies outside the stack, as
 * runs do: debuggers read it.
 */
struct any {
	AWAIT_ATOMIC(uint32_t)
	told; /* 1: some entry is; the thread sleeps on
	       * this word */
	uint32_t count;
	struct told entries[];
};

void told_lock(void);
void told_unlock(void);
/* In a forked child: nobody there has asked for anything. */
void told_forget(void);

/* Counts one thread more, or less, that sleeps on the state word of aw. */
void told_sleeps(const struct await *aw, int more);
/* Loads the state word of aw and sets WAITERS in it. False if aw has an outcome
 * already. */
bool told_flag(struct await *aw, uint32_t *word);

/* Adds an entry like *what for aw. Returns 0, -EALREADY, -ENOMEM or
 * TOLD_SETTLED: then aw has an outcome, which is in *outcome. */
#define TOLD_SETTLED 1
int told_add(struct await *aw, const struct told *what, int *outcome);
/* Removes the entry like *what. Returns 0 or -ENOENT. */
int told_remove(struct await *aw, const struct told *what);
/* Adds all entries of any; none, if an await has an outcome or is not being
 * computed: then it returns false. */
bool told_add_any(struct any *any);
/* Removes those that were not told. */
void told_remove_any(struct any *any);

/* Wakes those who sleep on aw, which has an outcome, and tells those who asked
 * for it. Clears WAITERS. */
void told_outcome(struct await *aw);
/* Tells those who asked for the outcome of aw, which is ending: that, or that
 * there never will be one. */
COLD void told_end(struct await *aw);
/* Tells of a failure that *word shows, if somebody is to be told, before it is
 * run again. Returns whether *word was loaded anew. */
COLD bool told_first(struct await *aw, uint32_t *word);
/* The outcome of aw, whose state word is word; -ECANCELED if it has none. */
int told_outcome_of(const struct await *aw, uint32_t word);
/* Tells once, without an entry. */
void told_now(const struct told *what, int outcome);

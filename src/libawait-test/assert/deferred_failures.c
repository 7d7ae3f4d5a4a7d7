/* SPDX-License-Identifier: MIT */
/*
 * Failures on other threads than the test's may not leave by longjmp. They are
 * deferred, up to DEFERRED of them, until an assertion or teardown on the
 * test's thread reports them. fork() takes the lock, so that the child has a
 * consistent copy.
 */
#define _GNU_SOURCE /* gettid */
#include "libawait-test/assert/deferred_failures.h"

#include "common/assert.h"
#include "common/export.h"
#include "libawait-test/assert/per_thread.h"
#include "libawait-test/records/test_thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFERRED 16
#define DEFERRED_SIZE 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* Guarded by lock. */
static char *deferred[DEFERRED];
static size_t deferred_count;
static size_t dropped; /* for lack of room or memory */

static void defer(const char *claim, const char *file, int line)
{
	char *copy = malloc(DEFERRED_SIZE);
	struct text text = { copy, DEFERRED_SIZE, 0, NULL };

	if (copy)
		text_add(&text, "%s:%d: on thread %d: %s", file, line, gettid(),
			 claim);
	pthread_mutex_lock(&lock);
	if (copy && deferred_count < DEFERRED) {
		deferred[deferred_count++] = copy;
		copy = NULL;
	} else {
		dropped++;
	}
	pthread_mutex_unlock(&lock);
	free(copy);
}

/* Each on a line of its own. */
static void add_deferred(struct text *text)
{
	ASSERT_MUTEX_HELD(&lock);
	ASSERT(deferred_count <= DEFERRED);
	for (size_t i = 0; i < deferred_count; i++) {
		text_add(text, "%s%s", text->used ? "\n" : "", deferred[i]);
		free(deferred[i]);
	}
	if (dropped)
		text_add(text, "%s%zu more failure%s on other threads",
			 text->used ? "\n" : "", dropped,
			 dropped == 1 ? "" : "s");
	deferred_count = dropped = 0;
}

/* Appends them to text, which may be NULL: no memory. NULL: none. */
static const char *take(struct text *text)
{
	const char *taken = NULL;

	pthread_mutex_lock(&lock);
	if (deferred_count || dropped) {
		if (text) {
			add_deferred(text);
			taken = text->at;
		} else {
			taken = "assertions failed on other threads, but "
				"memory is out";
		}
	}
	pthread_mutex_unlock(&lock);
	return taken;
}

const char *deferred_failures_take(void)
{
	struct text *text = per_thread_text();

	if (text)
		text->used = 0;
	return take(text);
}

static void lock_for_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void unlock_after_fork(void)
{
	pthread_mutex_unlock(&lock);
}

void deferred_failures_watch_forks(void)
{
	pthread_atfork(lock_for_fork, unlock_after_fork, unlock_after_fork);
}

EXPORT const char *await_claim_report(const char *claim, const char *file,
				      int line)
{
	struct text *text = per_thread_text();
	const char *taken;

	if (!test_thread_is_current()) {
		if (claim)
			defer(claim, file, line);
		return NULL;
	}
	if (text)
		text->used = 0;
	if (text && claim == text->at)
		text->used = strlen(claim);
	else if (text && claim)
		text_add(text, "%s", claim);
	taken = take(text);
	return taken ? taken : claim;
}

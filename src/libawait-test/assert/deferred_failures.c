/* SPDX-License-Identifier: MIT */
/*
 * Failures on other threads than the test's: kept, at most KEPT of them, until
 * the thread of the test reports. A fork() waits for who is at it; the child
 * has what was kept by then, too.
 */
#define _GNU_SOURCE /* gettid */
#include "libawait-test/assert/claims.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEPT 16
#define KEPT_SIZE 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* Guarded by lock. */
static char *kept[KEPT];
static size_t kept_count; /* of those kept */
static size_t not_kept;	  /* no room, or no memory */

static void keep(const char *claim, const char *file, int line)
{
	char *copy = malloc(KEPT_SIZE);
	struct text text = { copy, KEPT_SIZE, 0 };

	if (copy)
		text_add(&text, "%s:%d: on thread %d: %s", file, line, gettid(),
			 claim);
	pthread_mutex_lock(&lock);
	if (copy && kept_count < KEPT) {
		kept[kept_count++] = copy;
		copy = NULL;
	} else {
		not_kept++;
	}
	pthread_mutex_unlock(&lock);
	free(copy);
}

/* lock held. Each begins a line. */
static void add_kept(struct text *text)
{
	for (size_t i = 0; i < kept_count; i++) {
		text_add(text, "%s%s", text->used ? "\n" : "", kept[i]);
		free(kept[i]);
	}
	if (not_kept)
		text_add(text, "%s%zu more failure%s on other threads",
			 text->used ? "\n" : "", not_kept,
			 not_kept == 1 ? "" : "s");
	kept_count = not_kept = 0;
}

/* Behind what text holds. NULL: nothing was kept. */
static const char *take_kept(struct text *text)
{
	const char *taken = NULL;

	pthread_mutex_lock(&lock);
	if (kept_count || not_kept) {
		if (text) {
			add_kept(text);
			taken = text->at;
		} else {
			taken = "assertions failed on other threads, but "
				"memory is out";
		}
	}
	pthread_mutex_unlock(&lock);
	return taken;
}

const char *claim_take_kept(void)
{
	struct text *text = local_text();

	if (text)
		text->used = 0;
	return take_kept(text);
}

static void lock_for_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void unlock_after_fork(void)
{
	pthread_mutex_unlock(&lock);
}

__attribute__((constructor)) static void watch_forks(void)
{
	pthread_atfork(lock_for_fork, unlock_after_fork, unlock_after_fork);
}

EXPORT const char *await_claim_report(const char *claim, const char *file,
				      int line)
{
	struct text *text = local_text();
	const char *taken;

	if (!recorder_is_test_thread()) {
		if (claim)
			keep(claim, file, line);
		return NULL;
	}
	if (text)
		text->used = 0;
	if (text && claim == text->at)
		text->used = strlen(claim);
	else if (text && claim)
		text_add(text, "%s", claim);
	taken = take_kept(text);
	return taken ? taken : claim;
}

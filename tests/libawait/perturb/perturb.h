/* SPDX-License-Identifier: MIT */
/* Tests of LIBAWAIT_PERTURB run their own program again, with it and the name
 * of a mode: a function of the program's table. What that did is its stderr.
 * Nothing is decided by time. */
#pragma once

#include "unit.h"

#include "child.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

AWAIT_TYPE(int, int);

static atomic_int runs, held;
__attribute__((unused)) static await_int *shared;
static pid_t main_tid;

static int count(atomic_int *counter)
{
	return atomic_load_explicit(counter, memory_order_acquire);
}

static void add(atomic_int *counter, int n)
{
	atomic_fetch_add_explicit(counter, n, memory_order_acq_rel);
}

__attribute__((unused)) static void set(atomic_int *counter, int n)
{
	atomic_store_explicit(counter, n, memory_order_release);
}

static int hold(int n)
{
	add(&held, 1);
	return n;
}

static void let_go(int n)
{
	(void)n;
	add(&held, -1);
}

static void *wait_thread(void *aw)
{
	return (void *)(intptr_t)await_wait((await_int *)aw, NULL);
}

__attribute__((unused)) static pthread_t thread_that_waits(await_int *aw)
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, wait_thread, aw) == 0);
	return thread;
}

__attribute__((unused)) static struct timespec from_now(long ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_nsec += ms * 1000000;
	at.tv_sec += at.tv_nsec / 1000000000;
	at.tv_nsec %= 1000000000;
	return at;
}

/* --- what is awaited --- */

static int fetch(int *out, int n)
{
	add(&runs, 1);
	*out = n;
	return 0;
}
AWAITABLE(int, fetch, (int, n, let_go, hold));

static int outer(int *out, int n)
{
	await_int *aw = awaitable(fetch, n);
	int rc = await_wait(aw, out);

	await_unref(aw);
	return rc;
}
AWAITABLE(int, outer, (int, n));

/* Fails at first. */
static int flaky(int *out)
{
	*out = 5;
	add(&runs, 1);
	return count(&runs) == 1 ? -EAGAIN : 0;
}
AWAITABLE(int, flaky);

static int sticky(int *out)
{
	(void)out;
	add(&runs, 1);
	return -ENOENT;
}
AWAITABLE_STICKY(int, sticky);

/* --- events as text: "begin #2 in #1 here" --- */

static const void *created_addr;

static void print_event(struct await_sink *sink, const struct await_event *e)
{
	static const char *const names[] = { "create", "begin",	 "end",
					     "hit",    "block",	 "wake",
					     "cycle",  "destroy" };

	(void)sink;
	if (e->type == AWAIT_EVENT_CREATE)
		created_addr = e->addr;
	dprintf(STDERR_FILENO, "%s #%d in #%d %s%s%s\n", names[e->type],
		(int)e->id, (int)e->parent,
		gettid() == main_tid ? "here" : "elsewhere",
		e->error ? " failed" : "",
		e->type == AWAIT_EVENT_EXEC_BEGIN && e->addr == created_addr ?
			" as created" :
			"");
}

__attribute__((unused)) static struct await_sink printer = { print_event, 0xff,
							     NULL };

/* --- modes --- */

static void perturb(const char *options, const char *mode)
{
	int rc;

	setenv("LIBAWAIT_PERTURB", options, 1);
	rc = run_again("", mode);
	unsetenv("LIBAWAIT_PERTURB");
	if (rc != 0) {
		print_error("%s %s: %d\n%.4000s\n", options, mode, rc, text);
		fail();
	}
}

__attribute__((unused)) static unsigned occurrences(const char *of)
{
	unsigned n = 0;

	for (const char *at = text; (at = strstr(at, of)) != NULL; at++)
		n++;
	return n;
}

/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the contract share: a recorder of events, threads that
 * wait, and children. Only the main thread may assert.
 */
#pragma once

#include "../libawait/unit.h"

#include <await/inspect.h>

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

AWAIT_TYPE(int, int);

/* A row whose name is that of its function, and one whose name cannot be. */
#define TEST(row) cmocka_unit_test_setup_teardown(row, setup, teardown)
#define TEST_NAMED(name, test)                                                 \
	{                                                                      \
		name, test, setup, teardown, NULL                              \
	}

/* --- events of all threads, in order --- */

struct seen {
	struct await_event event;
	pid_t tid;
};

void record(void);
void record_stop(void); /* also if nothing is recorded */
/* The n-th event of that type; id 0 is any await. NULL: there is none. */
const struct seen *seen(enum await_event_type type, uint64_t id, int n);
int seen_count(enum await_event_type type, uint64_t id);
int seen_all(void);

/* --- threads that wait for one await --- */

struct waiter {
	pthread_t thread;
	await_int *aw;
	int rc, value;
	pid_t tid;
};

/* Returns when `count` waits of any thread block, or were refused, since
 * record(). */
void wait_for_sleepers(int count);
void waiters_start(struct waiter *waiters, int count, await_int *aw);
void waiters_join(struct waiter *waiters, int count, int rc, int value);
/* All at once, each for its own waiter.aw, and joined. */
void waiters_run(struct waiter *waiters, int count);

/* Moves this thread to processor n, modulo their number: a race needs more than
 * one. */
void run_on(int n);

/* --- children: they exit with 0, or 1 + line % 255 of a failed CHECK --- */

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition))                                              \
			_exit(__LINE__ % 255 + 1);                             \
	} while (0)

int exit_status_of(pid_t pid);

/* --- text --- */

/* The text of await_describe(), until the next call. */
#define LINE_OF(aw) describe_(&(aw)->head)
const char *describe_(const struct await *aw);
#define assert_contains(text, part) assert_non_null(strstr(text, part))

/* Its text has this site as the place of its creation. */
#define assert_created(aw, line_number)                                        \
	do {                                                                   \
		char site_[100];                                               \
		snprintf(site_, sizeof(site_), " created %s:%d",               \
			 strrchr(__FILE__, '/') + 1, line_number);             \
		assert_contains(LINE_OF(aw), site_);                           \
	} while (0)

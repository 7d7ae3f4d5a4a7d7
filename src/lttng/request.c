/* SPDX-License-Identifier: MIT */
/* See request.h. */
#define _GNU_SOURCE
#include "lttng/request.h"

#include "common/caller.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

enum { LOOK_MS = 100, ASKED_S = 5 };

struct request {
	int (*run)(void *data);
	void *data;
	int rc;
};

static bool stuck;
static _Thread_local bool inside;

/* Relaxed, everywhere: a count that orders nothing. */
static atomic_uint renewals;

static void *make(void *arg)
{
	struct request *request = arg;

	inside = true;
	request->rc = request->run(request->data);
	return arg;
}

static int start(pthread_t *thread, struct request *request)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(thread, NULL, make, request);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static struct timespec later(struct timespec time, long ms)
{
	time.tv_sec += ms / 1000;
	time.tv_nsec += ms % 1000 * 1000000;
	if (time.tv_nsec >= 1000000000) {
		time.tv_sec++;
		time.tv_nsec -= 1000000000;
	}
	return time;
}

static struct timespec now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time;
}

static bool is_before(struct timespec a, struct timespec b)
{
	return a.tv_sec < b.tv_sec ||
	       (a.tv_sec == b.tv_sec && a.tv_nsec < b.tv_nsec);
}

/* Whether it came back. Who asks to stop shortens the time. */
static bool wait_for(pthread_t thread, int *seconds)
{
	struct timespec end = later(now(), *seconds * 1000L), look;
	unsigned seen = atomic_load_explicit(&renewals, memory_order_relaxed);
	bool asked = false;

	do {
		unsigned renewed =
			atomic_load_explicit(&renewals, memory_order_relaxed);

		if (renewed != seen)
			end = later(now(), *seconds * 1000L);
		seen = renewed;
		if (!asked && stop_asked()) {
			asked = true;
			*seconds = ASKED_S;
			end = later(now(), *seconds * 1000L);
		}
		look = later(now(), LOOK_MS);
		if (pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC,
					 &look) == 0)
			return true;
	} while (is_before(look, end));
	return false;
}

int lttng_request(int seconds, int (*run)(void *data), void *data,
		  const char *advice)
{
	struct request request = { run, data, EXIT_FAILED };
	pthread_t thread;
	void *made;

	if (inside)
		return run(data);
	if (stuck)
		return EXIT_FAILED;
	if (start(&thread, &request) != 0) {
		say("no thread for LTTng: end some threads, or free memory");
		return EXIT_FAILED;
	}
	if (wait_for(thread, &seconds))
		return request.rc;
	pthread_cancel(thread);
	pthread_join(thread, &made);
	if (made != PTHREAD_CANCELED)
		return request.rc;
	stuck = true;
	say("LTTng does not answer within %d s: is lttng-sessiond stopped? %s",
	    seconds, advice);
	return EXIT_FAILED;
}

void lttng_request_restart_timeout(void)
{
	atomic_fetch_add_explicit(&renewals, 1, memory_order_relaxed);
}

bool lttng_is_stuck(void)
{
	return stuck;
}

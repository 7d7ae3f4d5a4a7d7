/* SPDX-License-Identifier: MIT */
/* See request.h. */
#define _GNU_SOURCE
#include "lttng/request.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

enum { POLL_MS = 100, STOPPING_S = 5 };

/* A request on its thread. */
struct call {
	const struct lttng_request *request;
	struct trouble *why;
	int rc;
};

static bool stuck;
static _Thread_local bool inside;

/* Relaxed, everywhere: it is a counter that orders nothing. */
static atomic_uint restarts;

/* liblttng-ctl's own: if set, it writes nothing to stderr of what it returns.
 * Not in its headers, so it may be gone one day. */
extern int lttng_opt_quiet __attribute__((weak));

static void *run(void *arg)
{
	struct call *call = arg;

	inside = true;
	if (&lttng_opt_quiet)
		lttng_opt_quiet = 1;
	call->rc = call->request->run(call->request->data, call->why);
	return arg;
}

static int start(pthread_t *thread, struct call *call)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(thread, NULL, run, call);
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

/* Returns whether the thread ended within *seconds, which become fewer if the
 * user asks to stop. */
static bool wait_for(const struct lttng_host *host, pthread_t thread,
		     int *seconds)
{
	struct timespec end = later(now(), *seconds * 1000L), next;
	unsigned seen = atomic_load_explicit(&restarts, memory_order_relaxed);
	bool stopping = false;

	do {
		unsigned restarted =
			atomic_load_explicit(&restarts, memory_order_relaxed);

		if (restarted != seen)
			end = later(now(), *seconds * 1000L);
		seen = restarted;
		if (!stopping && lttng_host_stop_requested(host)) {
			stopping = true;
			*seconds = STOPPING_S;
			end = later(now(), *seconds * 1000L);
		}
		next = later(now(), POLL_MS);
		if (pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC,
					 &next) == 0)
			return true;
	} while (is_before(next, end));
	return false;
}

static int give_up(const struct lttng_request *request, int seconds,
		   struct trouble *why)
{
	stuck = true;
	return trouble(why,
		       "LTTng does not answer within %d s: is lttng-sessiond "
		       "stopped? %s",
		       seconds,
		       request->advice ? request->advice :
					 "Continue or end it");
}

int lttng_request(const struct lttng_host *host,
		  const struct lttng_request *request, struct trouble *why)
{
	struct call call = { request, why, -1 };
	int seconds = request->seconds ? request->seconds : LTTNG_REQUEST_S;
	pthread_t thread;
	void *ended;

	*why->text = '\0';
	if (inside)
		return request->run(request->data, why);
	if (stuck)
		return -1;
	if (start(&thread, &call) != 0)
		return trouble(why, "no thread for LTTng: end some threads, or "
				    "free memory");
	if (wait_for(host, thread, &seconds))
		return call.rc;
	pthread_cancel(thread);
	pthread_join(thread, &ended);
	if (ended != PTHREAD_CANCELED)
		return call.rc;
	return give_up(request, seconds, why);
}

void lttng_request_restart_timeout(void)
{
	atomic_fetch_add_explicit(&restarts, 1, memory_order_relaxed);
}

bool lttng_is_stuck(void)
{
	return stuck;
}

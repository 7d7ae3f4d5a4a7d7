/* SPDX-License-Identifier: MIT */
/*
 * Requests to LTTng with a limit of time, since liblttng-ctl waits for its
 * daemon for ever.
 *
 *     answering -> stuck: once, for the rest of the process
 *
 * A request runs on a thread of its own, while its caller waits for it. One
 * that does not return in time is given up: its thread is cancelled where it
 * waits and joined, so nothing of it goes on behind the caller's back. The
 * answer may arrive later, and would be taken for the next request's; so there
 * is no next one. All signals are blocked in the thread: a daemon that has
 * ended is an error, and no SIGPIPE.
 */
#pragma once

#include "lttng/host.h"

#include <stdbool.h>

enum { LTTNG_REQUEST_S = 30 };

struct lttng_request {
	int (*run)(void *data, struct trouble *why);
	void *data;
	int seconds;	    /* 0: LTTNG_REQUEST_S */
	const char *advice; /* what to do with a session daemon that does not
			       answer; NULL: to continue or end it */
};

/*
 * Returns what run() returned, with *why as run() left it. -1 if the request
 * was given up; and at once, with an empty text, if one was given up before: as
 * that has been reported. If the user asks to stop, the rest of the time is a
 * few seconds. Within a request, another is a plain call of its run(). One
 * thread at a time.
 */
int lttng_request(const struct lttng_host *host,
		  const struct lttng_request *request, struct trouble *why);

/* Restarts the time of the current request: for one that waits for LTTng's work
 * on purpose. */
void lttng_request_restart_timeout(void);

/* Whether a request was given up. */
bool lttng_is_stuck(void);

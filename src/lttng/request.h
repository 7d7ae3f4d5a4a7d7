/* SPDX-License-Identifier: MIT */
/*
 * Limits of time on what is asked of LTTng, since liblttng-ctl waits for its
 * daemon for ever.
 *
 *     answering -> stuck: once, for the rest of the process
 *
 * A request is made by a thread of its own, while its caller waits for it. One
 * that does not come back is given up: its thread is cancelled where it waits
 * and joined, so nothing of it goes on behind the caller's back. The answer
 * may come later, and would be taken for the next request's; so there is no
 * next one. In the thread all signals are blocked: a daemon that ended is an
 * error, and no SIGPIPE.
 */
#pragma once

#include <stdbool.h>

enum { LTTNG_REQUEST_S = 30 };

/*
 * Returns what run(data) returned. EXIT_FAILED if it was given up, which is
 * said, with the advice; and at once, without a word, if one was before. A
 * user who asks to stop waits no longer than some seconds more. Within a
 * request run is called as it is. One thread at a time.
 */
int lttng_request(int seconds, int (*run)(void *data), void *data,
		  const char *advice);

/* Its time begins anew: for requests that wait for LTTng's work on purpose. */
void lttng_request_restart_timeout(void);

/* Whether one was given up. */
bool lttng_is_stuck(void);

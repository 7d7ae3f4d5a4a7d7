/* SPDX-License-Identifier: MIT */
/*
 * The LTTng session daemon. One that runs already is used and never touched.
 * Otherwise one is started as a child, in a session of its own so that a
 * Ctrl-C does not reach it, and ended with the recording; but not while
 * somebody else records with it. Our own relay daemon (relay.h) is started and
 * ended by the same functions.
 */
#pragma once

#include "lttng/daemon_lock.h"
#include "lttng/host.h"

#include <stdbool.h>
#include <sys/types.h>

struct daemon {
	const struct lttng_host *host;
	struct daemon_lock lock;
	char name[16];
	pid_t pid;  /* 0: not ours */
	int output; /* what it printed, for the case that it fails */
};

/* 1 if a session daemon answers, 0 if none runs, -1 if it does not answer
 * within that time; of a user's own, or the one of root, as LTTng chooses it.
 */
int daemon_answers(const struct lttng_host *host, int seconds,
		   struct trouble *why);

/* Returns 0 when a session daemon answers, or -1. It answers until
 * daemon_is_used() at least: then a session has been made, or will not be. */
int daemon_ensure(struct daemon *daemon, const struct lttng_host *host,
		  struct trouble *why);
void daemon_is_used(struct daemon *daemon);

/* Ends it if it is ours and nobody else's; notes what goes wrong. */
void daemon_release(struct daemon *daemon);

/* Whether it is ours and runs. Then no other awaitctl begins to use it until
 * daemon_is_used() or daemon_release(). */
bool daemon_lock_ours(struct daemon *daemon);

/*
 * What any daemon of ours needs. spawn() starts it as argv says, and returns 0
 * or a negative errno; has_ended() says whether it ended by itself; failed()
 * makes what it printed before that the error, and returns -1; end() makes it
 * end; close() forgets it.
 */
int daemon_spawn(struct daemon *daemon, const struct lttng_host *host,
		 char *const argv[]);
bool daemon_has_ended(struct daemon *daemon);
int daemon_failed(const struct daemon *daemon, const char *advice,
		  struct trouble *why);
void daemon_end(struct daemon *daemon);
void daemon_close(struct daemon *daemon);

/* The time from one look at a daemon to the next. */
enum { DAEMON_STEP_MS = 2 };
void daemon_sleep(void);

/* SPDX-License-Identifier: MIT */
/*
 * Recordings that begin or end at the same moment take turns: from the look for
 * a session daemon until the session is made, and from the look whether a
 * daemon of ours has sessions until it has ended. So two of them do not start a
 * daemon each, and none ends under a session that is being made. The lock is on
 * a file in LTTng's own directory, which its daemon of that user has, too.
 */
#pragma once

#include "lttng/host.h"

struct daemon_lock {
	int fd;	   /* -1: not held */
	bool made; /* the directory was, by us */
};

/* Waits for it, but not for ever: it is better to go on without than not at
 * all. */
void daemon_lock_take(struct daemon_lock *lock, const struct lttng_host *host);
void daemon_lock_release(struct daemon_lock *lock);

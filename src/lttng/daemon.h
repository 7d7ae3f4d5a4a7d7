/* SPDX-License-Identifier: MIT */
/*
 * The LTTng session daemon. One that runs already is used and never touched.
 * Otherwise one is started as a child, in a session of its own so that a
 * Ctrl-C does not reach it, and ended with the recording; but not while
 * somebody else records with it.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct daemon {
	char name[16];
	pid_t pid; /* 0: not ours */
	int words; /* what it printed, for the case that it fails */
};

/* Returns 0 when one is there, or says why not and returns EXIT_FAILED. */
int daemon_ensure(struct daemon *daemon);

/* Ends it if it is ours and nobody else's. */
void daemon_release(struct daemon *daemon);

/*
 * What any daemon of ours needs. spawn() starts it as argv says, and returns 0
 * or a negative errno; ended() says whether it did, by itself; complain() says
 * what it printed before that; end() makes it end; close() forgets it.
 */
int daemon_spawn(struct daemon *daemon, char *const argv[]);
bool daemon_ended(struct daemon *daemon);
void daemon_complain(const struct daemon *daemon, const char *advice);
void daemon_end(struct daemon *daemon);
void daemon_close(struct daemon *daemon);

/* Between two looks at one: that long. */
enum { DAEMON_STEP_MS = 10 };
void daemon_sleep(void);

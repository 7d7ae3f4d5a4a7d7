/* SPDX-License-Identifier: MIT */
/*
 * The LTTng session of one recording: how it is made and taken down. Every
 * function says what failed.
 *
 * Buffers are per user, not per process: they are not removed with a process
 * that is killed.
 */
#pragma once

#include <stdbool.h>

struct channels_options;
struct lttng_handle;

struct session {
	char name[256];
	const struct channels_options *options; /* or NULL: the usual */
	unsigned live_us;  /* how often it sends what there is; 0: not live */
	const char *shm;   /* the directory of the buffers' files; or NULL: they
			      have no names, and go with who uses them */
	const char *where; /* an absolute path, or the URL of a relay daemon */
	unsigned snapshots; /* that session_snapshot() recorded */
	bool broken; /* session_stop(): LTTng could not stop or empty it */
	bool stuck;  /* session_stop(): it will not empty it, see there */
	struct lttng_handle *handle;
};

/* Whether the session daemon that runs, if one does, has it. */
bool session_exists(const char *name);

/* Makes the session, which has its name, options and place already, and starts
 * it, recording one process, or all if vpid is 0. Returns 0, or EXIT_FAILED
 * when there is no session. */
int session_open(struct session *session, int vpid);

/*
 * Stops it and waits until all is on disk, or for stop_asked(). Returns 0, or
 * EXIT_FAILED when the trace may be incomplete: then it has said so, or it is
 * stuck (see session_flush.h), which is looked for where buffers have files to
 * find the rest in.
 */
int session_stop(struct session *session);

/* Starts it again, to add to the same trace. Returns 0 or EXIT_FAILED. */
int session_start(struct session *session);

/* Records what is in the rings of a session that has the option snapshot, to
 * a new directory in its path. Returns 0 or EXIT_FAILED. */
int session_snapshot(struct session *session);

/* Takes it down. Returns 0, or EXIT_FAILED when it may be there still. */
int session_destroy(struct session *session);

/*
 * Drops what is in its buffers and what it has written: of a stopped session
 * that has a sub-buffer which nobody can read, since a process was killed in
 * the middle of an event. LTTng would never finish taking that one down.
 * Returns 0 or EXIT_FAILED.
 */
int session_clear(struct session *session);

/* Takes it down for a recording that is not to be. */
void session_abandon(struct session *session);

/* SPDX-License-Identifier: MIT */
/*
 * The LTTng session of one recording: how it is made and taken down. Every
 * function says what failed.
 *
 * Buffers are per user, not per process: what a program recorded is safe in
 * them when it is killed.
 */
#pragma once

struct channels_options;
struct lttng_handle;

struct session {
	char name[256];
	const struct channels_options *options; /* or NULL: the usual */
	unsigned live_us; /* how often it sends what there is; 0: not live */
	struct lttng_handle *handle;
};

/* Makes the session, which has its name and options already, and starts it,
 * recording one process, or all if vpid is 0, to the absolute path, or to the
 * relay daemon of a URL. Returns 0, or EXIT_FAILED when there is no session. */
int session_open(struct session *session, const char *where, int vpid);

/* Stops it and waits until all is on disk, or for stop_asked(). Returns 0, or
 * EXIT_FAILED when the trace may be incomplete. */
int session_stop(struct session *session);

/* Starts it again, to add to the same trace. Returns 0 or EXIT_FAILED. */
int session_start(struct session *session);

/* Records what is in the rings of a session that has the option snapshot, to
 * a new directory in its path. Returns 0 or EXIT_FAILED. */
int session_snapshot(struct session *session);

/* Stops it and takes it down. Returns as session_stop(). */
int session_close(struct session *session);

/* Takes it down for a recording that is not to be. */
void session_abandon(struct session *session);

/* SPDX-License-Identifier: MIT */
/*
 * The LTTng session of one recording: how it is made and taken down.
 *
 * Buffers are per user, not per process: they are not removed with a process
 * that is killed.
 *
 * All functions that return int return 0, or -1 with the reason in *why; its
 * text is empty if the user knows already (see request.h).
 */
#pragma once

#include "lttng/host.h"

#include <stdbool.h>
#include <stdint.h>

struct channels_options;
struct daemon;
struct lttng_handle;

enum { SESSION_NAME_MAX = 256 };

struct session {
	const struct lttng_host *host;
	char name[SESSION_NAME_MAX];
	const struct channels_options *options; /* or NULL: the usual */
	unsigned live_us;  /* its data is sent that often; 0: not live */
	const char *shm;   /* the directory of the buffers' files; or NULL: they
			      have no names, and go with their users */
	const char *where; /* an absolute path, or the URL of a relay daemon */
	unsigned snapshots; /* that session_snapshot() recorded */
	bool ctf2;	    /* the trace is to be CTF 2, not CTF 1.8 */
	uint64_t stopped;   /* by session_stop(), after that time, in ns of
			       CLOCK_MONOTONIC; 0: it was not, or had been */
	bool broken;   /* session_stop(): LTTng could not stop or empty it */
	bool stuck;    /* session_stop(): it will not empty it, see there */
	bool refused;  /* a program of 32 bits kept it from starting */
	bool lacks_32; /* which is said: see consumer32.h */
	struct daemon *daemon; /* that it is made with, for session_leave(); or
				  NULL */
	/* While it is set up; not lost if that is given up half way. */
	struct lttng_handle *handle;
};

/* Makes the session, which has its host, name, options, format and place
 * already, and starts it, recording one process, or all if vpid is 0. At each
 * step LTTng is asked for what it has made. After -1 there is no session. */
int session_open(struct session *session, int vpid, struct trouble *why);

/*
 * Stops it and waits until all is on disk, or the user asks to stop. Returns
 * -1 when the trace may be incomplete: with a text, or without one if it is
 * stuck (see session_flush.h), which is looked for where buffers have files to
 * find the rest in.
 */
int session_stop(struct session *session, struct trouble *why);

/* Starts it again, to add to the same trace. */
int session_start(struct session *session, struct trouble *why);

/* Records what is in the rings of a session that has the option snapshot, to
 * a new directory in its path. */
int session_snapshot(struct session *session, struct trouble *why);

/* Takes it down. After -1 it may be there still. */
int session_destroy(struct session *session, struct trouble *why);

/*
 * Drops what is in its buffers and what it has written: of a stopped session
 * that has a sub-buffer which nobody can read, since a process was killed in
 * the middle of an event. LTTng would never finish taking that one down.
 */
int session_clear(struct session *session, struct trouble *why);

/* Takes down the session of a recording that will not take place; notes what
 * goes wrong. */
void session_abandon(struct session *session);

struct session_found {
	bool snapshot;	 /* it is a flight recorder */
	char path[4096]; /* where it writes; "" if LTTng does not say, as of a
			    flight recorder */
};

/* Whether LTTng has a session of that name: 1, and *there says what it is; 0,
 * or -1. No session daemon has none. */
int session_find(const struct lttng_host *host, const char *name,
		 struct session_found *there, struct trouble *why);

/* SPDX-License-Identifier: MIT */
/*
 * Where a recording goes: to a directory; to the relay daemon that --stream
 * names, which has a directory of its own; or, with --live alone, to a
 * directory through a relay daemon of awaitctl's own, since LTTng has no other
 * way to let somebody read along.
 */
#pragma once

#include "awaitctl/tracedir/output.h"
#include "awaitctl/record/record.h"

struct identity;

struct stream {
	const struct record_options *options;
	struct output output; /* not with --stream */
	struct relay relay;   /* not without --stream and --live */
	char where[PATH_MAX]; /* the path or URL for session_open() */
	bool incomplete;      /* see stream_mark_incomplete() */
	bool empty;	      /* see stream_has_trace() */
};

/* HOST[:CONTROL[:DATA[:LIVE]]]. Returns 0, or says what is wrong and returns
 * EXIT_USAGE. */
int stream_parse(struct relay_address *address, const char *text);

/* If the options name no directory, one is named after the program. Returns 0
 * or -1. */
int stream_open(struct stream *stream, const struct record_options *options,
		const struct lttng_host *host, const char *program,
		const struct identity *identity, struct trouble *why);

/* Says how to follow the session from now on, if it is live, and who can. */
void stream_say_follow(const struct stream *stream, const char *session);

/* Whether all that was sent can have arrived: 0, or -1. */
int stream_check(struct stream *stream, struct trouble *why);

/* For a relay daemon that has ended: stream_close() marks the trace, if it is
 * here, as incomplete. */
void stream_mark_incomplete(struct stream *stream);

/* Whether LTTng writes to a directory, with no relay daemon in between. */
bool stream_is_local(const struct stream *stream);

/* Whether anything was recorded, as far as can be seen here. If not,
 * stream_close() leaves nothing. */
bool stream_has_trace(struct stream *stream);

/* Says where the trace is, and which command is next. */
void stream_say_end(const struct stream *stream, const char *session,
		    bool whole, const char *next);

/* Undoes open(); if nothing was recorded, nothing is left. */
void stream_close(struct stream *stream, bool recorded);

/* SPDX-License-Identifier: MIT */
/*
 * The last data of a session that was stopped: it is in the buffers until
 * LTTng's consumer daemon has written it.
 */
#pragma once

struct lttng_host;

enum session_flush {
	SESSION_FLUSH_DONE,
	SESSION_FLUSH_STUCK,   /* the consumer runs, but does not read what
				  there is */
	SESSION_FLUSH_PENDING, /* it is still at work; or the user asked to
				  stop */
};

/*
 * Waits until all is written, or nothing will be. The consumer is woken by the
 * program that fills a sub-buffer: one that was killed in between leaves a
 * sub-buffer that nobody reads, if it died in the middle of an event, so that
 * stopping the session does not deliver another. That shows where the trace is
 * written: give the absolute path, or NULL if that is not to be known.
 * Returns one of the above, or a negative LTTng code. Called within a request.
 */
int session_flush_wait(const struct lttng_host *host, const char *session,
		       const char *path);

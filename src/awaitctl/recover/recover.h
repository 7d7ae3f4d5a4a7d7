/* SPDX-License-Identifier: MIT */
/*
 * The end of a recording, also of one that nobody ended: what is in the ring
 * buffers and what was written become one trace. As a process that was killed
 * in the middle of an event leaves a sub-buffer that LTTng's consumer daemon
 * can't read, and for which it waits when the session is taken down, every
 * recording ends so. `awaitctl recover` does the same for one whose awaitctl,
 * session daemon or consumer daemon died.
 *
 *     stop > copy the buffers > link what was written > clear the session >
 * take it down > put back what was written > merge > remove the buffers
 *
 * Each step can be found half done and be done again. If there is no room to
 * copy the buffers they are renamed instead, which hides them from LTTng; what
 * was written is repaired (repair.h), and the rest is for `awaitctl recover`.
 */
#pragma once

struct shm_dir;
struct session;
struct lttng_host;

enum recovered {
	RECOVER_WHOLE,	   /* the buffers were empty */
	RECOVER_MERGED,	   /* something was left in them */
	RECOVER_UNCERTAIN, /* and not all could be told from unfinished events
			    */
	RECOVER_LOST,	/* and something is lost, uncounted: see incomplete.h */
	RECOVER_BROKEN, /* the same, but LTTng had failed before */
	RECOVER_FAILED, /* has said why; the buffers are kept */
};

#define RECOVER_UNCERTAIN_WORDS                                                \
	"it may be in the trace, or another one be missing"
#define RECOVER_BROKEN_WORDS                                                   \
	"LTTng's daemons failed: what came later and is not in the "           \
	"buffers is lost, uncounted"

/* Ends the session, or none if it is NULL, of the recording to output. Lets go
 * of the rings. */
enum recovered recover_end(struct session *session, struct shm_dir *buffers,
			   const char *output);

/* The same when a snapshot has all that is in the rings. */
enum recovered recover_unneeded(struct session *session,
				struct shm_dir *buffers);

/* awaitctl recover. Returns the exit status. */
int recover(const char *directory, const struct lttng_host *host);

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
 * A session that has recorded no process is taken down faster
 * (session_leave.h), and the steps between are left out.
 *
 * Each step can be found half done and be done again. If there is no room to
 * copy the buffers they are renamed instead, which hides them from LTTng; what
 * was written is repaired (repair.h), and the rest is for `awaitctl recover`.
 */
#pragma once

#include "awaitctl/recover/salvage.h"
#include "common/trouble.h"

struct lttng_host;
struct shm_dir;
struct session;

enum recovered {
	RECOVER_WHOLE,	   /* the buffers were empty */
	RECOVER_MERGED,	   /* something was left in them */
	RECOVER_UNCERTAIN, /* and something was left out: see uncertain_text.h
			    */
	RECOVER_LOST,	/* and something is lost, uncounted: see incomplete.h */
	RECOVER_BROKEN, /* the same, but LTTng had failed before */
	RECOVER_FAILED, /* the buffers are kept */
};

enum { RECOVER_TEXT = 256 }; /* room for uncertain_text() */

#define RECOVER_BROKEN_WORDS                                                   \
	"LTTng's daemons failed: what came later and is not in the "           \
	"buffers is lost, uncounted"

/* The caller sets the host and zeroes the rest. Each step that fails is noted
 * as it fails: the others are tried nevertheless, which may take long. */
struct recovery {
	const struct lttng_host *host;
	enum recovered outcome;
	struct salvaged salvaged;
};

/* Ends the session, or none if it is NULL, of the recording that the buffers
 * are of. Releases them. */
void recover_end(struct recovery *recovery, struct session *session,
		 struct shm_dir *dir);

/* The same when a snapshot has all that is in the buffers. */
void recover_unneeded(struct recovery *recovery, struct session *session,
		      struct shm_dir *dir);

/* The same for a recording that has lost its buffers, if anything was salvaged
 * of them before; fails otherwise. */
void recover_without_buffers(struct recovery *recovery, struct shm_dir *dir);

/* SPDX-License-Identifier: MIT */
/*
 * What each thread is in, as frames that nest: runs, one in the function of the
 * other, and on top the waits that sleep. A frame is opened and closed at times
 * that never go back on its thread, so whatever shows them needs no more to
 * nest, too:
 *
 * - An end that was lost is where the thread is first seen to do what it cannot
 *   do in that frame: what it does says in which await's run it is.
 * - A beginning that was lost is where the thread is first seen to be in the
 *   frame; or, of what has ended and says since when it was, that time, but not
 *   before what the thread did last.
 * - Of several waits that sleep together (await_wait_any()) all frames are
 *   closed when the last has ended, a little later than it says.
 */
#pragma once

#include "common/table.h"
#include "lives/lives.h"

enum frame_kind { FRAME_RUN, FRAME_SLEEP };

/* Of an await: a copy, as that may be forgotten before. */
struct frame {
	enum frame_kind kind;
	uint64_t id;
	const struct lives_site *site; /* NULL: not known by then */
	char *name;		       /* or NULL */
	int64_t opened;
	bool began_known;
	int64_t began; /* as lives_change has it */
	/* Of a run that was seen to begin: */
	uint32_t attempt; /* 0: not known */
	bool by_start;
	/* For closed(): */
	int64_t closed;
	enum change_end how; /* ENDED_UNSEEN: cut at what followed */
	bool ended;	     /* by this change; its await is not to be used */
	struct lives_change end;
	uint64_t nested; /* ns of runs within this one */
	void *data;	 /* of the format */
};

struct track {
	const struct lives_thread *thread;
	bool listed; /* in tracks.all, at index */
	size_t index;
	struct frame *frames; /* the innermost last */
	size_t count;
	int64_t last;  /* that it is known to have done something */
	int64_t known; /* likewise, and in whose run; INT64_MIN: never */
	void *data;    /* of the format */
};

struct tracks {
	void (*opened)(void *data, struct track *track, struct frame *frame,
		       const struct lives_change *by);
	void (*closed)(void *data, struct track *track, struct frame *frame);
	void *data;
	struct table by_thread;
	struct track **all; /* in the order in which they were first seen */
	size_t count;
};

/* Its frames after the change. NULL: it is of no thread that is known. lives:
 * those that change. */
struct track *tracks_change(struct tracks *tracks, const struct lives *lives,
			    const struct lives_change *change);

/* That of a thread, made if there is none. */
struct track *tracks_of(struct tracks *tracks,
			const struct lives_thread *thread);

/* How many of the track's frames are runs: sleeping waits lie above. */
size_t track_runs(const struct track *track);

/* After the last change: closes what is open. */
void tracks_finish(struct tracks *tracks, const struct lives *lives);

void tracks_free(struct tracks *tracks);

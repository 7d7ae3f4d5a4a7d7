/* SPDX-License-Identifier: MIT */
/*
 * What is told of lives while events are taken, for what shows more than
 * figures: timelines, exports, a comparison of two runs. In the order of the
 * events: what ends is told when it has ended, with its beginning. Of each
 * await that is known the last that is told is its CHANGE_END; in
 * lives_finish() all that had not ended is told, in the order of processes,
 * threads and ids.
 *
 * Of some changes not all is known: then a member says so, and the others mean
 * nothing.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum change_kind {
	CHANGE_CREATED,
	CHANGE_RUN_BEGAN,
	CHANGE_RUN_ENDED,
	CHANGE_SLEEP_BEGAN, /* a wait sleeps for what others do */
	CHANGE_SLEEP_ENDED, /* a hit, a run or a CHANGE_WAIT_ENDED follows */
	CHANGE_HIT,
	CHANGE_WAIT_ENDED, /* that neither hit nor ran it, or has no value */
	CHANGE_SETTLED,	   /* a promise */
	CHANGE_CANCELLED,
	CHANGE_REFUSED, /* a wait would have closed a circle */
	CHANGE_END,	/* nothing follows of this await */
	CHANGES
};

/* How a run, a sleep or a life has ended. */
enum change_end {
	ENDED_SEEN,
	ENDED_UNSEEN,	  /* by then; its event was lost */
	ENDED_BY_PROCESS, /* with its process */
	ENDED_BY_TRACE,	  /* it has not, as far as was recorded */
};

struct lives_change {
	enum change_kind kind;
	const struct lives_await *await;
	const struct lives_thread *thread; /* that did it; NULL: not known */
	int64_t time;
	/* The await in whose run the thread was: 0 if in none. */
	bool within_known;
	uint64_t within;
	uint64_t addr; /* of the call; 0: not known */
	/* The first wait for it that is known of begins. */
	bool first_wait;
	/* Of a run: */
	uint32_t attempt;
	bool by_start; /* no wait runs it */
	/* Of the end of a run, of a sleep or of a life: since when, if that is
	 * known; a life's is its creation. Otherwise `began` is when a state
	 * dump found it under way, or 0. */
	enum change_end end;
	bool began_known;
	int64_t began;
	/* Of the end of a run, of a wait, of a promise, of a life; and of a
	 * sleep: what the wait found. Of ENDED_SEEN only. */
	uint8_t state; /* enum await_state */
	int32_t error;
	/* Of the end of a sleep: who settled the await meanwhile, and when;
	 * NULL: not known, or nobody. */
	const struct lives_thread *waker;
	int64_t woken_at;
};

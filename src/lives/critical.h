/* SPDX-License-Identifier: MIT */
/*
 * The critical path of a process: what its last event had to wait for, back to
 * a beginning, folded by site. Where a thread slept until another one settled
 * the await, the path is the other one's up to then: what the sleeper did
 * before did not delay it.
 *
 * A path grows at its end, and is shared from where others go on with it: each
 * thread has one, and so has each await that was settled while somebody slept
 * for it. Parts that only one has are folded into one. So this takes memory for
 * the threads and for such awaits that are alive, each with the sites that are
 * on its path.
 */
#pragma once

#include "lives/asleep.h"
#include "lives/moment.h"

struct critical_part {
	const struct lives_site *site; /* in its innermost run; NULL: in none */
	/* Or asleep for an await of the site, that nobody is known to have
	 * settled. NULL: not known which. */
	bool slept;
	uint64_t ns;
};

/* Its thread does something. All return 0, or -1 without memory. */
int critical_enter(const struct moment *now); /* a run begins */
int critical_leave(const struct moment *now); /* a run ends */
int critical_sleep(const struct moment *now);
/* It is awake, as an event says or, if that was lost, the next one. */
int critical_wake(struct lives_thread *thread, const struct lives_await *await,
		  const struct lives_wait *wait, int64_t time);
/* The await is settled by the thread. */
int critical_settle(const struct moment *now);

struct critical {
	const struct lives_process *process; /* NULL: there is none */
	/* Whose first event the path begins with, and whose last it ends with.
	 */
	const struct lives_thread *first, *last;
	int64_t began, ended;
	/* Of the first event of the process: what led to a path that begins
	 * later is not known. */
	int64_t process_began;
	struct critical_part *parts; /* the longest first */
	size_t count;
};

/*
 * Of that process, among those that wanted() is true of, of which the longest
 * time was recorded. After lives_finish(). Free it with critical_free(), and
 * before lives. Returns 0, or -1 without memory.
 */
int critical_find(struct critical *critical, const struct lives *lives,
		  bool (*wanted)(const struct lives_process *process));
void critical_free(struct critical *critical);

/* In how many pieces the path of a thread is kept. */
size_t critical_pieces(const struct lives_thread *thread);

/* What is kept in a thread, and in an await. */
void critical_thread_free(struct critical_thread *thread);
void critical_path_free(struct critical_path *path);

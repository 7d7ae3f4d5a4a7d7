/* SPDX-License-Identifier: MIT */
/*
 * The paths of critical.h. One grows at its end, and may be shared as it is by
 * others that go on with it: each of them is a user.
 */
#pragma once

#include "lives/critical.h"

/* A part of a path; it goes on with the one before, as may others. */
struct critical_path {
	struct critical_path *before; /* NULL: it is the beginning */
	size_t users;		      /* threads, awaits, paths */
	const struct lives_thread *first;
	struct critical_part *parts;
	size_t count, latest; /* the part that was added to */
};

struct critical_run {
	uint64_t id;
	const struct lives_site *site;
};

struct critical_thread {
	struct critical_path *path;
	int64_t since; /* up to then all is in the path */
	/* The runs that it is in; the innermost is the last. */
	struct critical_run *runs;
	size_t run_count;
};

/* Zero, or -1 without memory. */
int critical_path_add(struct critical_path *path, const struct lives_site *site,
		      bool slept, uint64_t ns);
int critical_path_add_all(struct critical_path *to,
			  const struct critical_path *from);

/* One that goes on with before, which may be NULL; with one user. NULL: no
 * memory. */
struct critical_path *critical_path_begin(struct critical_path *before,
					  const struct lives_thread *first);

/* Parts that only the next one goes on with need not be apart. */
int critical_path_fold(struct critical_path *path);

/* In the run that the thread is in; NULL: in none. */
const struct lives_site *critical_site(const struct critical_thread *thread);

/* SPDX-License-Identifier: MIT */
/*
 * What is kept of a run to compare it with another: of each await where it was
 * created, by whom, and what became of it, and of each thread the awaits it
 * waited for, in that order. A thread's first wait for an await is in its
 * order, others are not, since how often one looks again is mostly chance. So
 * that takes 24 bytes for each await that there was, and 4 for each such wait.
 *
 * Numbers below are indexes in the arrays of the run. `match` is one of the
 * other run (match.h).
 */
#pragma once

#include "awaitctl/read/findings.h"
#include "awaitctl/read/reading.h"
#include "common/table.h"

/* As a number: there is none, or it is not known. */
#define RUN_NONE UINT32_MAX

enum {
	DID_CREATE = 1, /* its creation was recorded */
	DID_RUN = 2,
	DID_WAIT = 4, /* it was waited for */
	DID_FAIL = 8,
	DID_HIDE = 16, /* the filter hides what it is */
};

struct run_await {
	uint32_t site;	  /* RUN_NONE: nobody has named its function */
	uint32_t process; /* as its index says */
	uint32_t creator; /* the thread */
	uint32_t nth;	  /* of those that it created there, from 1; or, if its
			   * creation was not recorded, that were seen first */
	uint32_t match;
	uint32_t did;
};

/* Those of several processes are one if the names and the line are. */
struct run_site {
	const struct lives_site *site;
	uint32_t number, match;
	struct histogram run, blocked; /* of the processes that are compared */
};

struct run_thread {
	const struct lives_thread *thread;
	uint32_t number, process, match;
	uint32_t *waits; /* awaits */
	size_t count;
};

struct run_process {
	const struct lives_process *process;
	bool compared;
	uint32_t match;
};

struct run {
	const char *directory;
	const char *path; /* of what is read of it */
	struct findings findings;
	struct run_process *processes;
	struct run_thread **threads; /* in the order of what they did first */
	struct run_site **sites;
	struct run_await *awaits; /* in the order in which they were seen */
	size_t process_count, thread_count, site_count, await_count;
	uint64_t threadless; /* waits of which no thread is known */
	/* While it is read: */
	struct table by_thread, by_site, by_await;
};

/* Reads one of the sources. Returns 0, or says why there is nothing to compare
 * and returns EXIT_FAILED. */
int run_read(struct run *run, struct reading *reading, size_t source);

/* The processes to compare are known now: the times of sites are theirs, awaits
 * that the filter hides are not waited for by any thread, others have their
 * nth. */
void run_settle(struct run *run);

/* Whether an await is of a process that is compared, and not hidden. */
bool run_compares(const struct run *run, const struct run_await *await);

void run_free(struct run *run);

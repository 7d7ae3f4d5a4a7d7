/* SPDX-License-Identifier: MIT */
/*
 * Reads traces in a child process, as damage may end it within libdw, when
 * lines of source are looked up; the child notes how far it comes. Then another
 * one looks nothing up. What libbabeltrace2 decodes, it does in processes of
 * their own (reader.h).
 */
#pragma once

#include "awaitctl/common/progress.h"
#include "awaitctl/read/source.h"
#include "babeltrace/reader.h"

#include <stddef.h>

enum { READING_SOURCES = 2 };

/* How far the child has come; shared with it. */
struct reading_progress {
	size_t source;	 /* that is read */
	uint64_t events; /* that were read of it */
	bool printing;
	struct progress line; /* that says so */
};

struct reading {
	struct source sources[READING_SOURCES];
	size_t count;
	bool no_lines;		       /* are to be looked up */
	uint64_t all[READING_SOURCES]; /* events of each; 0: not known yet */
	struct reading_progress *progress;
	bool said[READING_SOURCES]; /* what is wrong with each */
};

/* In the child; returns the exit status, below 128. */
typedef int reading_work(struct reading *reading, void *data);

/*
 * Opens the sources, does the work in a child, perhaps twice, and closes them.
 * all: as source_open(). Returns the exit status for reading_exit(): not 0 if
 * something is missing of what was written.
 */
int reading_do(const char *const *directories, size_t count, bool all,
	       reading_work *work, void *data);

/* Ends the process if a signal asked for that, when all is cleaned up. Returns
 * the exit status otherwise. */
int reading_exit(int status);

/* In the child: calls.processes is set here. Says what is wrong, once. */
enum reader_result reading_read(struct reading *reading, size_t source,
				struct reader_calls calls, void *data);

/* All has been read. */
void reading_print(struct reading *reading);

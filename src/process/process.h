/* SPDX-License-Identifier: MIT */
/*
 * A process that uses libawait, seen from outside while it runs on. Who uses
 * whom, top to bottom; none of it prints, or knows who does:
 *
 *     cycles.c      threads that wait for one another
 *     threads.c    which thread runs and waits for what
 *     process.c    all copies of libawait in it
 *     slots.c      awaits, as they were at one moment
 *     slabs.c      where they lie
 *     names.c      their sites, functions and types
 *     layout.c     the debug block, checked
 *     blocks.c     where it is
 *     maps.c       what is mapped
 *     procmem.c    bytes
 */
#pragma once

#include "process/names.h"
#include "process/slots.h"

/* One copy of libawait: there may be several, each with awaits, ids and
 * threads of its own. */
struct process_copy {
	struct layout layout;
	struct names names;
	struct slots slots;
	char object[64]; /* the file that it is in */
};

struct process {
	struct memory memory;
	struct process_copy **copies;
	size_t count;
};

/* Returns 0 or -1; only then nothing is to be closed. */
int process_open(struct process *process, pid_t pid, struct trouble *why);
void process_close(struct process *process);

/*
 * Finds libawait, and forgets what was found before: to be called before each
 * look at the awaits. Returns 0, or -1 if there is none, or none that can be
 * read, or the process is gone.
 */
int process_look(struct process *process, struct trouble *why);

/* If the process is gone says so, and returns -1. */
int process_check(const struct process *process, struct trouble *why);

/* What the process, or one of its threads, calls itself; "" if unknown. */
void process_name(pid_t pid, uint32_t tid, char name[64]);

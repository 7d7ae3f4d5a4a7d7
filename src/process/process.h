/* SPDX-License-Identifier: MIT */
/*
 * The awaits of another process, read while it runs. Each file uses those below
 * it; none of them prints:
 *
 *     cycles.c     threads that wait for one another
 *     threads.c    which thread runs and waits for what
 *     process.c    all copies of libawait in it
 *     slots.c      awaits, as they were at one moment
 *     given_names.c      what the program calls single ones
 *     slabs.c      where they lie
 *     names.c      their sites, functions and types
 *     layout.c     the debug block, checked
 *     debug_blocks.c     where it is
 *     maps.c       what is mapped
 *     procmem.c, memory_bytes.c    bytes
 */
#pragma once

#include "process/given_names.h"
#include "process/names.h"
#include "process/slots.h"

/* One copy of libawait. A process may have several, each with awaits, ids and
 * threads of its own. */
struct process_copy {
	struct layout layout;
	struct names names;
	struct given_names given;
	struct slots slots;
	char object[64]; /* the file that contains it */
};

struct process {
	struct memory memory;
	struct process_copy **copies;
	size_t count;
};

/* Returns 0, or -1 with nothing to close. */
int process_open(struct process *process, pid_t pid, struct trouble *why);
void process_close(struct process *process);

/*
 * Finds the copies of libawait anew. Call it before each reading of the awaits:
 * libraries are loaded and unloaded. Returns 0, or -1 if there is no copy that
 * can be read, or the process has ended.
 */
int process_look(struct process *process, struct trouble *why);

/* Returns -1 if the process has ended, or executed another program. */
int process_check(const struct process *process, struct trouble *why);

/* What the process, or one of its threads, calls itself; "" if unknown. */
void process_name(pid_t pid, uint32_t tid, char name[64]);

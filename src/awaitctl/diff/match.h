/* SPDX-License-Identifier: MIT */
/*
 * What of one run is what of the other. Ids say nothing there, since which slot
 * an await gets is chance.
 *
 *     process   the n-th of its name; one on each side, whatever their names
 *     thread    the main one; others in the order of what they did first
 *     site      function, type, file and line; or else the name of the file,
 *               with as many of its folders as there are in common
 *     await     the n-th that its thread created at its site; or else, of those
 *               that are left, the n-th of its process
 *
 * An await whose creation was not recorded is matched with another such one.
 */
#pragma once

#include "awaitctl/diff/run.h"

/* A process as the user names it: by its number, its name, or both with @HOST.
 * NULL: all. Returns 0, or says that there is none and returns EXIT_FAILED. */
int match_choose(struct run *run, const char *process);

/* by_name: or by their order alone. Those that are compared. */
void match_processes(struct run *a, struct run *b, bool by_name);
void match_threads(struct run *a, struct run *b);
void match_sites(struct run *a, struct run *b);

/* After all these, and run_settle(). In match_awaits.c. */
void match_awaits(struct run *a, struct run *b);

/* SPDX-License-Identifier: MIT */
/*
 * awaitctl report: what happened to the awaits of a recorded program.
 */
#pragma once

#include <limits.h>

/* Prints it, with that many of the slowest first waits. Returns 0, or says
 * what is wrong and returns EXIT_FAILED. */
int report(const char *directory, unsigned slowest);

/* How many snapshots there are in directory; if any, path becomes the path of
 * the last. */
int find_snapshots(char path[PATH_MAX], const char *directory);

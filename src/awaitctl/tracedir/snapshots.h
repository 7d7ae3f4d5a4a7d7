/* SPDX-License-Identifier: MIT */
/*
 * The snapshots of a flight recorder: directories in that of the recording,
 * which LTTng numbers. Each is a trace of its own, and they overlap.
 */
#pragma once

#include <limits.h>

/* Counts the snapshots in a directory; path becomes that of the last, if there
 * is one. */
int snapshots_find(char path[PATH_MAX], const char *directory);

/* SPDX-License-Identifier: MIT */
/*
 * The trace of a recording that can be followed while it goes on, in the
 * directory that a relay daemon of ours writes to. Any user of the machine can
 * send that daemon other sessions, which it puts into the same directory. Ours
 * goes to HOSTNAME/IDENTITY, a name that nobody else knows before the recording
 * has ended.
 */
#pragma once

#include "awaitctl/tracedir/folder.h"

#include <stdbool.h>
#include <stddef.h>

/* Sets *below to where our session is in the directory of a recording; false if
 * that is not such a one, or has none. */
bool live_find(const struct folder *output, char below[PATH_MAX]);

/* Lists the other sessions, in as many characters as there are; returns how
 * many there are. */
size_t live_others(const struct folder *output, char *names, size_t size);

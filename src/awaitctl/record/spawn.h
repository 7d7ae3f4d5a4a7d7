/* SPDX-License-Identifier: MIT */
/*
 * Starts a process and finds out whether it started: the child reports a failed
 * exec through a pipe that a successful one closes.
 */
#pragma once

#include <sys/types.h>

/*
 * Runs argv, found through PATH; prepare(data) is called in the child, with
 * awaitctl's signals restored after it. Returns the process id, or a negative
 * errno: of fork(), or of the exec (then the child is gone already).
 */
pid_t spawn(char *const argv[], void (*prepare)(void *data), void *data);

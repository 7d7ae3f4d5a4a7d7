/* SPDX-License-Identifier: MIT */
/*
 * awaitctl report: what happened to the awaits of a recorded program.
 */
#pragma once

#include <stdbool.h>

/* Prints it, with that many of the slowest first waits; of all processes in the
 * trace, or of the recording's. Returns 0, or says what is wrong and returns
 * EXIT_FAILED. */
int report(const char *directory, unsigned slowest, bool all);

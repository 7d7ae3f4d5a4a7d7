/* SPDX-License-Identifier: MIT */
/*
 * awaitctl report: what happened to the awaits of a recorded program.
 */
#pragma once

/* Prints it, with that many of the slowest first waits. Returns 0, or says
 * what is wrong and returns EXIT_FAILED. */
int report(const char *directory, unsigned slowest);

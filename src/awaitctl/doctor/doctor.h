/* SPDX-License-Identifier: MIT */
/*
 * The command awaitctl doctor: looks at what stops people from recording,
 * looking and debugging on this machine, and names the remedy.
 */
#pragma once

struct lttng_host;

/* Returns the exit status: EXIT_FAILED if it found a problem. */
int doctor(int argc, char **argv, const struct lttng_host *host);

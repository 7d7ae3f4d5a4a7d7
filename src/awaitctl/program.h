/* SPDX-License-Identifier: MIT */
/*
 * The traced program: a child of awaitctl in the same process group, with the
 * same terminal, so that it behaves as it would without awaitctl. It is not
 * started before the session records.
 */
#pragma once

#include <sys/types.h>

/* Whether name, or what PATH finds for it, can be executed; says why not.
 * Returns 0 or EXIT_FAILED. */
int program_check(const char *name);

/* Starts it with tracing switched on. Returns 0, or says why and returns
 * EXIT_FAILED. */
int program_start(pid_t *pid, char *const argv[]);

/*
 * Waits for its end and returns its exit status, 128 + n if signal n killed
 * it. A signal that asks awaitctl to stop is passed on to the program unless
 * the terminal sent it there too; the second one kills the program.
 */
int program_wait(pid_t pid);

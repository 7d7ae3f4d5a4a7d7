/* SPDX-License-Identifier: MIT */
/*
 * Failures on other threads than the test's, which cannot end the test: they
 * are kept until the thread of the test reports.
 */
#pragma once

/* Once, as the library begins (begin.c): a fork() finds its lock free. */
void deferred_failures_watch_forks(void);
/* The failures on other threads that were not reported yet, which are then
 * forgotten; NULL: none. The text lives until this thread's next claim. */
const char *deferred_failures_take(void);

/* SPDX-License-Identifier: MIT */
#pragma once

/* Once, as the library begins (begin.c): a fork() finds its lock free. */
void deferred_failures_watch_forks(void);
/* The failures on other threads that were not reported yet, which are then
 * forgotten; NULL: none. The text lives until this thread's next claim. */
const char *deferred_failures_take(void);

/* SPDX-License-Identifier: MIT */
/*
 * WATCH in the state words of all awaits there are: hits and first waits then
 * look at what is armed. Awaits that are created later set it themselves.
 * sinks_lock is held (sink.c), so one walk at a time.
 */
#pragma once

void watch_all(void);
/* When no sink or option needs it any more; awaits that a debugger watches keep
 * it. */
void unwatch_all(void);

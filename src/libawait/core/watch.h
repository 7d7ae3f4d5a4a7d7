/* SPDX-License-Identifier: MIT */
/*
 * Sets and clears WATCH in the state words of all awaits there are; hits and
 * first waits of those that have it look at what is armed. Awaits that are
 * created later get it from their creators. The caller holds sinks_lock
 * (sink.c), so there is one walk at a time.
 */
#pragma once

void watch_all(void);
/* Call when no sink or option needs WATCH any more. Awaits that a debugger
 * watches keep it. */
void unwatch_all(void);

/* SPDX-License-Identifier: MIT */
/*
 * Signals as a queue. awaitctl has no handlers: from signals_hold() on, the
 * signals that ask it to stop (SIGINT, SIGTERM, SIGHUP, SIGQUIT) and SIGCHLD
 * stay blocked and are fetched where the recording can act on them. So no
 * step of setting up or tearing down is ever cut in half. A signal that was
 * ignored when awaitctl began (nohup) stays ignored.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>

/* With SIGUSR1 among them if it means something. Does nothing if they are held
 * already. */
void signals_hold(bool user);

/* All as awaitctl found it: for a child, and where nothing is left to take
 * down. One that is pending has its effect then. */
void signals_restore(void);

/* Waits for the next signal, up to that long (-1: for ever). Returns its
 * number and fills info, or 0 when the time is over. */
int signals_next(int milliseconds, siginfo_t *info);

/* Fetches one that asks to stop, without waiting; 0 if there is none. */
int signals_take_stop(void);

/* Whether there is one, which stays. Of any thread. */
bool signals_stop_requested(void);

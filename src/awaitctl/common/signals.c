/* SPDX-License-Identifier: MIT */
/* See signals.h. */
#define _GNU_SOURCE /* sigandset */
#include "awaitctl/common/signals.h"

#include <errno.h>
#include <stddef.h>
#include <time.h>

static sigset_t inherited;
static sigset_t stopping;
static sigset_t held;
static struct sigaction inherited_child;
static struct sigaction inherited_user;
static bool holds;

void signals_hold(bool user)
{
	static const int stops[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	const struct sigaction by_default = { .sa_handler = SIG_DFL };

	if (holds)
		return;
	holds = true;
	sigemptyset(&stopping);
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
		struct sigaction action;

		sigaction(stops[i], NULL, &action);
		if (action.sa_handler != SIG_IGN)
			sigaddset(&stopping, stops[i]);
	}
	held = stopping;
	sigaddset(&held, SIGCHLD);
	/* An ignored SIGCHLD would take the exit statuses away. */
	sigaction(SIGCHLD, &by_default, &inherited_child);
	sigaction(SIGUSR1, user ? &by_default : NULL, &inherited_user);
	if (user)
		sigaddset(&held, SIGUSR1);
	sigprocmask(SIG_BLOCK, &held, &inherited);
}

void signals_restore(void)
{
	if (!holds)
		return;
	holds = false;
	sigaction(SIGCHLD, &inherited_child, NULL);
	sigaction(SIGUSR1, &inherited_user, NULL);
	sigprocmask(SIG_SETMASK, &inherited, NULL);
}

int signals_next(int milliseconds, siginfo_t *info)
{
	const struct timespec limit = {
		.tv_sec = milliseconds / 1000,
		.tv_nsec = milliseconds % 1000 * 1000000L,
	};
	int signal;

	do {
		signal = sigtimedwait(&held, info,
				      milliseconds < 0 ? NULL : &limit);
	} while (signal < 0 && errno == EINTR);
	return signal < 0 ? 0 : signal;
}

int signals_take_stop(void)
{
	const struct timespec now = { 0 };
	int signal = sigtimedwait(&stopping, NULL, &now);

	return signal < 0 ? 0 : signal;
}

bool signals_stop_requested(void)
{
	sigset_t pending;

	sigpending(&pending);
	sigandset(&pending, &pending, &stopping);
	return !sigisemptyset(&pending);
}

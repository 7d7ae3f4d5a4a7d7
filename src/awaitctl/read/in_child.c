/* SPDX-License-Identifier: MIT */
/* See in_child.h. */
#define _GNU_SOURCE
#include "awaitctl/read/in_child.h"

#include "awaitctl/common/signals.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void set_limits(uint64_t memory)
{
	const struct rlimit none = { 0, 0 }, most = { memory, memory };

	setrlimit(RLIMIT_CORE, &none);
	/* ASan reserves more than any machine has. */
#ifndef __SANITIZE_ADDRESS__
	setrlimit(RLIMIT_DATA, &most);
#endif
	(void)most;
}

static _Noreturn void become(const struct child_work *work, pid_t parent)
{
	int status;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The parent may have ended before that. */
	if (getppid() != parent)
		_exit(1);
	signals_restore();
	set_limits(work->memory);
	status = work->run(work->data);
	fflush(NULL);
	_exit(status);
}

/* Waits for its end, or ends it as soon as a signal asks this process to stop,
 * and returns that; else 0. */
static int wait_for(pid_t child, int *status)
{
	int stop = 0;

	while (waitpid(child, status, WNOHANG) == 0) {
		siginfo_t info;
		int signal = signals_next(-1, &info);

		if (signal == 0 || signal == SIGCHLD)
			continue;
		stop = signal;
		kill(child, SIGKILL);
	}
	/* Ctrl-C ends both. */
	return stop ? stop : signals_take_stop();
}

int in_child(const struct child_work *work, int *signal)
{
	pid_t parent = getpid(), child;
	int status = 0, stop;

	signals_hold(false);
	/* What is in a buffer now would be written twice. */
	fflush(NULL);
	child = fork();
	if (child < 0)
		return -1;
	if (child == 0)
		become(work, parent);
	stop = wait_for(child, &status);
	*signal = stop ? stop : WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	if (stop)
		return IN_CHILD_STOPPED;
	return *signal ? 0 : WEXITSTATUS(status);
}

int quiet_begin(void)
{
	int before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (before >= 0 && null >= 0)
		dup2(null, STDERR_FILENO);
	if (null >= 0)
		close(null);
	return before;
}

void quiet_end(int before)
{
	if (before < 0)
		return;
	dup2(before, STDERR_FILENO);
	close(before);
}

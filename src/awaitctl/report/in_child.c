/* SPDX-License-Identifier: MIT */
/* See in_child.h. */
#define _GNU_SOURCE
#include "awaitctl/report/in_child.h"

#include <errno.h>
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
	set_limits(work->memory);
	status = work->run(work->data);
	fflush(NULL);
	_exit(status);
}

int in_child(const struct child_work *work, int *signal)
{
	pid_t parent = getpid(), child;
	int status;

	/* What is in a buffer now would be written twice. */
	fflush(NULL);
	child = fork();
	if (child < 0)
		return -1;
	if (child == 0)
		become(work, parent);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	*signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
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

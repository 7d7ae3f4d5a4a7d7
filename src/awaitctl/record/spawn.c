/* SPDX-License-Identifier: MIT */
/* See spawn.h. */
#define _GNU_SOURCE
#include "awaitctl/record/spawn.h"

#include "awaitctl/common/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((noreturn)) static void
run_child(char *const argv[], void (*prepare)(void *), void *data, int report)
{
	int error;

	prepare(data);
	signals_restore();
	execvp(argv[0], argv);
	error = errno;
	/* If this fails, all that the parent sees is an exit. */
	if (write(report, &error, sizeof(error)) < 0)
		_exit(126);
	_exit(127);
}

pid_t spawn(char *const argv[], void (*prepare)(void *data), void *data)
{
	int ends[2], error = 0;
	ssize_t got;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		run_child(argv, prepare, data, ends[1]);
	if (pid < 0)
		error = errno;
	close(ends[1]);
	while (pid > 0 && (got = read(ends[0], &error, sizeof(error))) < 0 &&
	       errno == EINTR)
		;
	close(ends[0]);
	if (pid > 0 && error)
		waitpid(pid, NULL, 0);
	return error ? -error : pid;
}

/* SPDX-License-Identifier: MIT */
/*
 * See tool.h. The command's output and its end are waited for together: it may
 * close the one long before the other, and something that it started may hold
 * the output open for ever.
 */
#define _GNU_SOURCE
#include "awaitctl/doctor/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STEP_MS = 10 };

struct run {
	struct tool *tool;
	pid_t pid;
	int output, failure; /* what exec failed with, if it did */
	size_t length;
};

static int64_t now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static _Noreturn void become(char *const argv[], char *environment, int output,
			     int failure)
{
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(null, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	if (environment)
		putenv(environment);
	execvp(argv[0], argv);
	if (write(failure, &errno, sizeof(errno)) < 0)
		_exit(126);
	_exit(127);
}

static int start(struct run *run, char *const argv[], char *environment)
{
	int output[2], failure[2];

	if (pipe2(output, O_CLOEXEC))
		return -1;
	if (pipe2(failure, O_CLOEXEC)) {
		close(output[0]);
		close(output[1]);
		return -1;
	}
	run->pid = fork();
	if (run->pid == 0)
		become(argv, environment, output[1], failure[1]);
	close(output[1]);
	close(failure[1]);
	run->output = output[0];
	run->failure = failure[0];
	fcntl(run->output, F_SETFL, O_NONBLOCK);
	if (run->pid > 0)
		setpgid(run->pid, run->pid);
	return run->pid > 0 ? 0 : -1;
}

/* Takes what is there; false once there will be no more. */
static bool take_output(struct run *run)
{
	char more[4096];
	ssize_t got = read(run->output, more, sizeof(more));
	size_t room = sizeof(run->tool->output) - 1 - run->length;

	if (got <= 0)
		return got < 0 && (errno == EAGAIN || errno == EINTR);
	if ((size_t)got < room)
		room = (size_t)got;
	memcpy(run->tool->output + run->length, more, room);
	run->length += room;
	return true;
}

static bool has_ended(const struct run *run)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)run->pid, &info,
		      WEXITED | WNOHANG | WNOWAIT) != 0 ||
	       info.si_pid != 0;
}

/* Whether it ended in time; its output so far has then been taken. */
static bool wait_for(struct run *run)
{
	int64_t end = now_ms() + TOOL_SECONDS * 1000;
	struct pollfd poll_output = { .fd = run->output, .events = POLLIN };

	while (now_ms() < end) {
		bool ended = has_ended(run);

		poll(&poll_output, 1, ended ? 0 : STEP_MS);
		if (poll_output.revents && !take_output(run))
			poll_output.fd = -1;
		else if (ended && !poll_output.revents)
			return true;
		if (ended && poll_output.fd < 0)
			return true;
	}
	return false;
}

/* All that is in its group, then the process itself. */
static void end(struct run *run)
{
	int status = 0;

	kill(-run->pid, SIGKILL);
	waitpid(run->pid, &status, 0);
	run->tool->status = WIFEXITED(status) ? WEXITSTATUS(status) :
						128 + WTERMSIG(status);
}

enum tool_result tool_run(struct tool *tool, char *const argv[],
			  char *environment)
{
	struct run run = { .tool = tool, .output = -1, .failure = -1 };
	enum tool_result result = TOOL_SLOW;

	memset(tool, 0, sizeof(*tool));
	fflush(stdout);
	if (start(&run, argv, environment)) {
		tool->error = errno;
		result = TOOL_FAILED;
	} else {
		if (wait_for(&run))
			result = TOOL_RAN;
		end(&run);
		if (read(run.failure, &tool->error, sizeof(tool->error)) > 0)
			result = tool->error == ENOENT ? TOOL_MISSING :
							 TOOL_FAILED;
	}
	if (run.output >= 0)
		close(run.output);
	if (run.failure >= 0)
		close(run.failure);
	return result;
}

void tool_explain(const struct tool *tool, enum tool_result result,
		  const char *name, char *text, size_t size)
{
	if (result == TOOL_MISSING)
		snprintf(text, size, "there is no %s in PATH", name);
	else if (result == TOOL_SLOW)
		snprintf(text, size, "%s does not end within %d s", name,
			 TOOL_SECONDS);
	else
		snprintf(text, size, "%s cannot be run: %s", name,
			 strerror(tool->error));
}

const char *tool_first_line(struct tool *tool)
{
	tool->output[strcspn(tool->output, "\n")] = '\0';
	return tool->output;
}

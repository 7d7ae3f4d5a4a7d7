/* SPDX-License-Identifier: MIT */
/* A child process whose stderr a test reads. It exits with 0, or with the line
 * of the CHECK() that failed (modulo 255). */
#pragma once

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition))                                              \
			_exit(__LINE__ % 255 + 1);                             \
	} while (0)

static char text[1 << 20];

static void read_all(int fd)
{
	size_t used = 0;
	ssize_t n;

	while ((n = read(fd, text + used, sizeof(text) - 1 - used)) > 0)
		used += (size_t)n;
	close(fd);
	text[used] = '\0';
}

/* Starts child() with its stderr in a pipe; returns its exit status, and what
 * it wrote in text. */
static int in_child(void (*child)(void))
{
	int fds[2], status;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		alarm(60);
		child();
		_exit(0);
	}
	close(fds[1]);
	read_all(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + status;
}

static const char *again_debug, *again_mode;

static void again(void)
{
	setenv("LIBAWAIT_DEBUG", again_debug, 1);
	execl("/proc/self/exe", program_invocation_name, again_mode,
	      (char *)NULL);
	CHECK(0);
}

/* This program again, with LIBAWAIT_DEBUG and a word that says what to do: as
 * in_child(). */
__attribute__((unused)) static int run_again(const char *debug,
					     const char *mode)
{
	again_debug = debug;
	again_mode = mode;
	return in_child(again);
}

/* --- what the words say: a table of functions, run in the child --- */

/* clang-format off */
#define MODE(name) { #name, name }
/* clang-format on */
struct mode {
	const char *name;
	void (*run)(void);
};

/* In the child. */
__attribute__((unused)) static int run_named(const struct mode *modes,
					     size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(modes[i].name, name) != 0)
			continue;
		modes[i].run();
		return 0;
	}
	return 1;
}

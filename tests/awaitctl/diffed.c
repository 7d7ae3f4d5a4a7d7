/* SPDX-License-Identifier: MIT */
/*
 * Makes awaits and waits for them as its arguments say, for test_diff.py:
 *
 *     +a +b +c    makes one at the site of that name; +a! one that fails
 *     a           waits for the oldest of these that was not waited for
 *     =a          waits for that which was waited for last, once more
 *     ^a          runs the oldest without waiting for it, as a pool does
 *     ( ... )     in a thread, which is waited for
 *     { ... }     in a forked child, likewise
 *     hold        until a line on stdin; says "ready"
 *     abort       ends at once, and not in order
 */
#include <await/await.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

static int alpha(int *out, int fails)
{
	*out = 1;
	return fails ? -EIO : 0;
}
AWAITABLE(int, alpha, (int, fails));

static int beta(int *out, int fails)
{
	*out = 2;
	return fails ? -ENOENT : 0;
}
AWAITABLE(int, beta, (int, fails));

static int gamma_(int *out, int fails)
{
	*out = 3;
	return fails ? -EPERM : 0;
}
AWAITABLE(int, gamma_, (int, fails));

enum { MANY = 100 };

/* Those that were made of each, in that order. */
static await_int *made[3][MANY];
static int count[3], waited[3];

static void make(int which, int fails)
{
	await_int *aw;

	if (which == 0)
		aw = awaitable(alpha, fails); /* create: a */
	else if (which == 1)
		aw = awaitable(beta, fails); /* create: b */
	else
		aw = awaitable(gamma_, fails); /* create: c */
	made[which][count[which]++] = aw;
}

static void *run(void *steps);

static char **skip(char **at)
{
	for (int depth = 1; depth; at++)
		depth += strchr("({", **at) ? 1 : strchr(")}", **at) ? -1 : 0;
	return at;
}

static char **in_thread(char **at)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, at))
		exit(99);
	pthread_join(thread, NULL);
	return skip(at);
}

static char **in_child(char **at)
{
	pid_t pid = fork();

	if (pid == 0) {
		run(at);
		exit(0);
	}
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		exit(99);
	return skip(at);
}

static void hold(void)
{
	char line[16];

	puts("ready");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		exit(99);
}

static int which_of(char letter)
{
	if (letter < 'a' || letter > 'c')
		exit(98);
	return letter - 'a';
}

static int run_now(void *unused, void (*job)(void *), void *argument)
{
	(void)unused;
	job(argument);
	return 0;
}

static void step(const char *text)
{
	int which = which_of(text[strcspn(text, "abc")]);

	if (*text == '+')
		make(which, text[2] == '!');
	else if (*text == '=')
		await_wait(made[which][waited[which] - 1], NULL);
	else if (*text == '^')
		await_start(made[which][waited[which]], run_now, NULL);
	else
		await_wait(made[which][waited[which]++], NULL);
}

static void *run(void *steps)
{
	for (char **at = steps; *at && !strchr(")}", **at);) {
		char *text = *at++;

		if (!strcmp(text, "("))
			at = in_thread(at);
		else if (!strcmp(text, "{"))
			at = in_child(at);
		else if (!strcmp(text, "hold"))
			hold();
		else if (!strcmp(text, "abort"))
			_exit(0);
		else
			step(text);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	(void)argc;
	run(argv + 1);
	return 0;
}

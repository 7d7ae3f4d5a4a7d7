/* SPDX-License-Identifier: MIT */
/*
 * A program whose awaits are known in number: what test_record.py records. Its
 * first argument says what to do; it tells its progress on stdout and waits
 * for lines on stdin, so no test needs to guess when it is where.
 */
#define _GNU_SOURCE
#include <await/await.h>
#include <await/inspect.h>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

static int square(int *out, int n)
{
	*out = n * n;
	return 0;
}
AWAITABLE(int, square, (int, n));

static int flaky(int *out, int *tries)
{
	if ((*tries)++ == 0)
		return -ENOENT;
	*out = 1;
	return 0;
}
AWAITABLE(int, flaky, (int *, tries));

static int broken(int *out)
{
	(void)out;
	return -EIO;
}
AWAITABLE(int, broken);

static int inner(int *out)
{
	*out = 3;
	return 0;
}
AWAITABLE(int, inner);

static int outer(int *out)
{
	await_int *aw = awaitable(inner); /* create: inner */
	int rc = await_wait(aw, out);	  /* wait: inner */

	await_unref(aw);
	return rc;
}
AWAITABLE(int, outer);

static int threaded(int *out, int n)
{
	*out = n;
	return 0;
}
AWAITABLE(int, threaded, (int, n));

static void say(const char *line)
{
	puts(line);
	fflush(stdout);
}

static void expect_line(void)
{
	char line[64];

	if (!fgets(line, sizeof(line), stdin))
		exit(99);
}

static int stuck(int *out)
{
	say("ready");
	while (pause() < 0)
		continue;
	*out = 0;
	return 0;
}
AWAITABLE(int, stuck);

/* square: 3 made, 2 runs, 1 hit, 1 never waited for. */
static void squares(void)
{
	await_int *a = awaitable(square, 2);
	await_int *b = awaitable(square, 3);
	await_int *c = awaitable(square, 4);

	await_wait(a, NULL);
	await_wait(a, NULL);
	await_wait(b, NULL);
	await_unref(a);
	await_unref(b);
	await_unref(c);
}

/* flaky: 1 made, 2 runs of which 1 fails, 2 hits. broken: 1, 1, fails. */
static void failures(void)
{
	int tries = 0;
	await_int *a = awaitable(flaky, &tries); /* create: flaky */
	await_int *b = awaitable(broken);

	await_wait(a, NULL); /* wait: flaky */
	await_wait(a, NULL);
	await_wait(a, NULL);
	await_wait(a, NULL);
	await_wait(b, NULL); /* wait: broken */
	await_unref(a);
	await_unref(b);
}

/* outer and inner: 1 made and 1 run of each. */
static void nested(void)
{
	await_int *aw = awaitable(outer); /* create: outer */

	await_wait(aw, NULL); /* wait: outer */
	await_unref(aw);
}

/* 2 born with their value: 1 hit, 1 never waited for. */
static void nowaits(void)
{
	await_int *a = await_nowait(int, 5);
	await_int *b = await_nowait(int, 6);

	await_wait(a, NULL);
	await_unref(a);
	await_unref(b);
}

/* threaded: 5 made, 5 runs, 5 hits in each of 4 threads. */
static void *five(void *unused)
{
	for (int i = 0; i < 5; i++) {
		await_int *aw = awaitable(threaded, i);

		await_wait(aw, NULL);
		await_wait(aw, NULL);
		await_unref(aw);
	}
	return unused;
}

static void threads(void)
{
	pthread_t all[4];

	for (int i = 0; i < 4; i++)
		if (pthread_create(&all[i], NULL, five, NULL))
			exit(99);
	for (int i = 0; i < 4; i++)
		pthread_join(all[i], NULL);
}

static void all(void)
{
	squares();
	failures();
	nested();
	nowaits();
	threads();
}

/* Four events each: create, run's two, destroy. */
static void burst(long count)
{
	long sum = 0;

	say("ready");
	expect_line();
	for (long i = 0; i < count; i++) {
		await_int *aw = awaitable(square, (int)(i % 1000));

		sum += await_get(aw);
		await_unref(aw);
	}
	printf("done: %ld\n", sum);
	fflush(stdout);
	expect_line();
}

/* square: 2 alive, of which 1 is run then, and hit. */
static void alive(void)
{
	await_int *a = awaitable(square, 2); /* create: alive */
	await_int *b = awaitable(square, 3);

	await_name(a, "two");
	say("ready");
	expect_line();
	await_wait(a, NULL);
	await_wait(a, NULL);
	await_unref(a);
	await_unref(b);
}

static volatile sig_atomic_t interrupts;

static void on_interrupt(int signal)
{
	(void)signal;
	interrupts++;
	if (write(STDOUT_FILENO, "interrupted\n", 12) < 0)
		_exit(99);
}

static void *run_stuck(void *aw)
{
	await_wait((await_int *)aw, NULL); /* wait: hang */
	return NULL;
}

/* One thread runs stuck; this one waits for it. Its calls are not to be merged
 * with others. */
__attribute__((noinline)) static void hang(void)
{
	await_int *aw = awaitable(stuck);
	pthread_t thread;

	if (pthread_create(&thread, NULL, run_stuck, aw))
		exit(99);
	while (await_state(aw) != AWAIT_RUNNING)
		sched_yield();
	await_wait(aw, NULL); /* wait: behind */
}

/* Whether a thread of this process sleeps, as the kernel tells. */
static int sleeps(pid_t thread)
{
	char path[64], line[64] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", thread);
	file = fopen(path, "r");
	if (file && !fgets(line, sizeof(line), file))
		exit(99);
	if (file)
		fclose(file);
	return strstr(line, ") S ") != NULL;
}

static _Atomic pid_t relaying;

/* Until the two that wait sleep. */
static int slow(int *out)
{
	while (!sleeps(relaying) || !sleeps(getpid()))
		sched_yield();
	*out = 1;
	return 0;
}
AWAITABLE(int, slow);

static int relayed(int *out, await_int *first)
{
	relaying = gettid();
	return await_wait(first, out);
}
AWAITABLE(int, relayed, (await_int *, first));

static void run_apart(pthread_t *thread, await_int *aw)
{
	if (pthread_create(thread, NULL, run_stuck, aw))
		exit(99);
	while (await_state(aw) != AWAIT_RUNNING)
		sched_yield();
}

/* One thread runs slow, one relayed, which waits for it, and this one waits for
 * that. */
static void relay(void)
{
	await_int *first = awaitable(slow);
	await_int *second = awaitable(relayed, first);
	pthread_t threads[2];

	run_apart(&threads[0], first);
	run_apart(&threads[1], second);
	await_wait(second, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	await_unref(second);
	await_unref(first);
}

/* Outlives SIGINT; exits with the number of those it got. */
static int count_interrupts(void)
{
	struct sigaction action = { .sa_handler = on_interrupt,
				    .sa_flags = SA_RESTART };

	sigaction(SIGINT, &action, NULL);
	squares();
	say("ready");
	expect_line();
	return interrupts;
}

static int status(char **argv)
{
	all();
	return atoi(argv[2]);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "exit") && argc == 3)
		return status(argv);
	if (!strcmp(what, "interrupts"))
		return count_interrupts();
	if (!strcmp(what, "burst") && argc == 3)
		burst(atol(argv[2]));
	else if (!strcmp(what, "alive"))
		alive();
	else if (!strcmp(what, "stuck"))
		await_wait(awaitable(stuck), NULL); /* wait: stuck */
	else if (!strcmp(what, "hang"))
		hang();
	else if (!strcmp(what, "relay"))
		relay();
	else if (!strcmp(what, "ready"))
		burst(0);
	else if (!strcmp(what, "die")) {
		all();
		raise(SIGKILL);
	} else {
		return 98;
	}
	return 0;
}

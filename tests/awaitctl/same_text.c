/* SPDX-License-Identifier: MIT */
/* Awaits of every state and kind of error, for tools that show them. Writes
 * what await_dump() says of them to the file, prints "ready", and ends with
 * its stdin, while one of them runs. */
#define _GNU_SOURCE
#include <await/await.h>
#include <await/inspect.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

static int inside[2];

/* Names are short: lists cut what is long. */
static int f(int *out, int rc)
{
	*out = 7;
	return rc;
}
AWAITABLE(int, f, (int, rc));
AWAIT_STATIC(kept, f, 0);

static int g(int *out)
{
	char byte = 0;

	if (write(inside[1], &byte, 1) != 1)
		abort();
	for (;;)
		pause();
	return *out;
}
AWAITABLE(int, g);

static void *wait_for(void *aw)
{
	await_wait((await_int *)aw, NULL);
	return NULL;
}

static void fail(int rc, int times)
{
	await_int *aw = awaitable(f, rc);

	while (times-- > 0)
		await_wait(aw, NULL);
}

int main(int argc, char **argv)
{
	await_int *cancelled, *running, *promise;
	pthread_t thread;
	int file;
	char byte, line[200];

	if (argc != 2)
		return 2;
	/* Whoever may look at it may be its debugger, too. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	await_unref(awaitable(f, 0));
	fail(-EPERM, 1); /* the second in its slot */
	fail(-ENOENT, 1);
	fail(-ENOENT, 2);
	fail(-EIO, 300);
	fail(7, 1);
	fail(-7777, 3);
	fail(0, 1);
	fail(0, 0);
	cancelled = awaitable(f, 0);
	await_cancel(cancelled);
	promise = await_promise(int);
	await_reject(promise, -EPIPE);
	promise = await_promise(int);
	if (pthread_create(&thread, NULL, wait_for, promise) != 0)
		return 1;
	do {
		sched_yield();
		await_describe(promise, line, sizeof(line));
	} while (!strstr(line, "only who waits"));
	await_name(promise, "the \"promise\"");
	running = awaitable(g);
	await_name(
		running,
		"a\n\\caf\xc3\xa9 of the longest length that a name may have");
	await_get(kept());
	if (pipe(inside) != 0 ||
	    pthread_create(&thread, NULL, wait_for, running) != 0 ||
	    read(inside[0], &byte, 1) != 1)
		return 1;
	file = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (file < 0 || await_dump(file) != 0 || close(file) != 0)
		return 1;
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}

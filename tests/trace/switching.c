/* SPDX-License-Identifier: MIT */
/*
 * A program that sessions come and go around: what test_switching.py looks
 * for. Obeys stdin, a word a line, and says `done` to each:
 *
 *     go          one of each: create, run, hit, a hit of an await that is as
 *                 old as the program, a run of one that was made in the `go`
 *                 before, destroy of both
 *     rare        one of each other event
 *     load PATH   loads the tracer
 *
 *     switching THREADS    so many do the same all the time
 */
#define _GNU_SOURCE /* gettid */
#include <await/await.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

static int pass(int x)
{
	return x;
}
AWAITABLE_VALUE(int, pass, (int, x));

static await_int *old;
static atomic_int stop;

/* Returns what the next call runs. */
static await_int *go(await_int *before)
{
	await_int *aw = awaitable(pass, 1);

	await_wait(aw, NULL);
	await_wait(aw, NULL);
	await_wait(old, NULL);
	await_wait(before, NULL);
	await_unref(before);
	await_unref(aw);
	return awaitable(pass, 2);
}

static int wait_for_itself(int *out, await_int **itself)
{
	*out = await_wait(*itself, NULL);
	return 0;
}
AWAITABLE(int, wait_for_itself, (await_int **, itself));

static void do_what_is_rare(void)
{
	static const struct timespec past;
	await_int *promise = await_promise(int), *itself;

	await_wait_until(promise, NULL, &past); /* blocks */
	await_resolve(promise, 1);
	await_unref(promise);
	promise = await_promise(int);
	await_cancel(promise);
	await_unref(promise);
	itself = awaitable(wait_for_itself, &itself);
	await_wait(itself, NULL);
	await_unref(itself);
}

static void *go_on(void *unused)
{
	await_int *before = awaitable(pass, 0);

	while (!atomic_load_explicit(&stop, memory_order_relaxed))
		before = go(before);
	await_unref(before);
	return unused;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 0;
	await_int *before = awaitable(pass, 0);
	pthread_t threads[4];
	char word[16], path[4096];

	old = awaitable(pass, 3);
	await_wait(old, NULL);
	for (int i = 0; i < count && i < 4; i++)
		pthread_create(&threads[i], NULL, go_on, NULL);
	printf("%d\n", (int)gettid());
	fflush(stdout);
	while (scanf("%15s", word) == 1) {
		if (strcmp(word, "go") == 0)
			before = go(before);
		else if (strcmp(word, "rare") == 0)
			do_what_is_rare();
		else if (scanf("%4095s", path) == 1 &&
			 !dlopen(path, RTLD_NOW | RTLD_NODELETE))
			return 1;
		printf("done\n");
		fflush(stdout);
	}
	atomic_store_explicit(&stop, 1, memory_order_relaxed);
	for (int i = 0; i < count && i < 4; i++)
		pthread_join(threads[i], NULL);
	await_unref(before);
	await_unref(old);
	return 0;
}

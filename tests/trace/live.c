/* SPDX-License-Identifier: MIT */
/*
 * Awaits that are alive while sessions come and go: what test_statedump.py
 * looks for. Prints `id state function line` of each, then `ready`; then obeys
 * stdin: `hit` waits for one that is resolved, `dump` asks for a state dump
 * and prints how many were in it, the end ends it.
 *
 *     live COUNT CHURNERS     so many of each state; threads that make and
 *                             drop others all the time
 */
#define _GNU_SOURCE
#include <await/await.h>
#include <await/trace.h>

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

AWAIT_TYPE(int, int);

static sem_t inside, go_on;
static atomic_int stop;

static int pass(int x)
{
	return x;
}
AWAITABLE_VALUE(int, pass, (int, x));

static int fail(int *out, int rc)
{
	*out = 0;
	return rc;
}
AWAITABLE(int, fail, (int, rc));

static int stay(int *out)
{
	sem_post(&inside);
	sem_wait(&go_on);
	*out = 0;
	return 0;
}
AWAITABLE(int, stay);

static void show(await_int *aw, const char *state, const char *function,
		 int line)
{
	printf("%llu %s %s %d\n", (unsigned long long)await_id(aw), state,
	       function, line);
}

static void *wait_thread(void *aw)
{
	await_wait((await_int *)aw, NULL);
	return NULL;
}

static void *churn(void *unused)
{
	await_int *some[50];

	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		for (int i = 0; i < 50; i++)
			some[i] = awaitable(pass, i);
		for (int i = 0; i < 50; i += 2)
			await_wait(some[i], NULL);
		for (int i = 0; i < 50; i++)
			await_unref(some[i]);
	}
	return unused;
}

static await_int *make_all(int count)
{
	await_int *aw = NULL;

	for (int i = 0; i < count; i++) {
		aw = awaitable(pass, i);
		show(aw, "pending", "pass", __LINE__ - 1);
		aw = awaitable(fail, -EIO);
		await_wait(aw, NULL);
		show(aw, "failed", "fail", __LINE__ - 2);
		aw = await_promise(int);
		show(aw, "pending", "promise", __LINE__ - 1);
		aw = awaitable(pass, i);
		await_cancel(aw);
		show(aw, "cancelled", "pass", __LINE__ - 2);
		aw = await_nowait(int, i);
		show(aw, "resolved", "nowait", __LINE__ - 1);
	}
	return aw;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 1;
	int churners = argc > 2 ? atoi(argv[2]) : 0;
	/* Whether the tracer is there is not this program's business. */
	uint64_t (*dump)(void) = (uint64_t(*)(void))(uintptr_t)dlsym(
		dlopen("libawait-trace.so.0", RTLD_LAZY | RTLD_NOLOAD),
		"await_trace_statedump");
	await_int *running = awaitable(stay), *hit;
	pthread_t runner, threads[8];
	char word[20];

	sem_init(&inside, 0, 0);
	sem_init(&go_on, 0, 0);
	pthread_create(&runner, NULL, wait_thread, running);
	sem_wait(&inside);
	show(running, "running", "stay", __LINE__ - 8);
	hit = make_all(count);
	for (int i = 0; i < churners && i < 8; i++)
		pthread_create(&threads[i], NULL, churn, NULL);
	printf("ready\n");
	fflush(stdout);
	while (scanf("%19s", word) == 1) {
		if (strcmp(word, "hit") == 0)
			await_wait(hit, NULL);
		if (strcmp(word, "dump") == 0)
			printf("%llu\n", (unsigned long long)dump());
		else
			printf("done\n");
		fflush(stdout);
	}
	atomic_store_explicit(&stop, 1, memory_order_relaxed);
	for (int i = 0; i < churners && i < 8; i++)
		pthread_join(threads[i], NULL);
	sem_post(&go_on);
	pthread_join(runner, NULL);
	return 0;
}

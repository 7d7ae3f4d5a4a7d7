/* SPDX-License-Identifier: MIT */
/*
 * Everything that a timeline has to show: waits that sleep for a run of another
 * thread, for promises, for any of several; nested runs, failures and retries,
 * cancellations, refused and timed out waits, runs that were started, names
 * that no format may stumble over. Each step waits until the one before is
 * where it has to be, so events come in the same order each time.
 */
#include <await/await.h>
#include <await/inspect.h>
#include <await/notify.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

AWAIT_TYPE(int, int);

static sem_t gate;

/* Runs until it is let through. */
static int held(int *out)
{
	sem_wait(&gate);
	*out = 1;
	return 0;
}
AWAITABLE(int, held);

static int leaf(int *out, int n)
{
	*out = n;
	return 0;
}
AWAITABLE(int, leaf, (int, n));

/* Two in its run, one of which it waits for twice. */
static int branch(int *out, int n)
{
	await_int *one = awaitable(leaf, n), *other = awaitable(leaf, n + 1);
	int sum = await_get(one) + await_get(other) + await_get(one);

	await_unref(one);
	await_unref(other);
	*out = sum;
	return 0;
}
AWAITABLE(int, branch, (int, n));

static int asker(int *out, await_int *answer)
{
	return await_wait(answer, out);
}
AWAITABLE(int, asker, (await_int *, answer));

static int flaky(int *out, int *tries)
{
	*out = ++*tries;
	return *tries < 3 ? -ENOENT : 0;
}
AWAITABLE(int, flaky, (int *, tries));

static await_int *own;

static int circle(int *out)
{
	return await_wait(own, out);
}
AWAITABLE(int, circle);

static void *wait_for(void *aw)
{
	await_wait((await_int *)aw, NULL);
	return NULL;
}

static await_int *any[3];

static void *wait_any(void *unused)
{
	await_wait_any(any, 3, NULL, NULL);
	return unused;
}

static pthread_t start(void *(*function)(void *), void *data)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, function, data))
		exit(99);
	return thread;
}

/* A wait is known a little before its thread says so and sleeps. */
static int count(const struct await_wait_info *info, void *data)
{
	char path[64], state = 0;
	size_t *asleep = data;
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/self/task/%u/stat", info->thread);
	stat = fopen(path, "r");
	if (stat && fscanf(stat, "%*d (%*[^)]) %c", &state) == 1)
		*asleep += state == 'S';
	if (stat)
		fclose(stat);
	return 0;
}

static void until_asleep(size_t waits)
{
	size_t asleep;

	do {
		sched_yield();
		asleep = 0;
		await_each_wait(count, &asleep);
	} while (asleep < waits);
}

static void blocked_by_a_run(void)
{
	await_int *aw = awaitable(held);
	pthread_t runner = start(wait_for, aw), waiters[2];

	while (await_state(aw) != AWAIT_RUNNING)
		sched_yield();
	for (int i = 0; i < 2; i++)
		waiters[i] = start(wait_for, aw);
	until_asleep(2);
	sem_post(&gate);
	pthread_join(runner, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(waiters[i], NULL);
	await_unref(aw);
}

static void blocked_by_promises(void)
{
	await_int *good = await_promise(int), *bad = await_promise(int);
	await_int *question = awaitable(asker, good);
	pthread_t one = start(wait_for, question);
	pthread_t other;

	until_asleep(1);
	other = start(wait_for, bad);
	until_asleep(2);
	await_wait_within(good, NULL, 0);
	await_resolve(good, 7);
	await_reject(bad, -EPIPE);
	pthread_join(one, NULL);
	pthread_join(other, NULL);
	await_unref(question);
	await_unref(good);
	await_unref(bad);
}

static void blocked_by_any(void)
{
	pthread_t thread;

	for (int i = 0; i < 3; i++)
		any[i] = await_promise(int);
	thread = start(wait_any, NULL);
	until_asleep(3);
	await_resolve(any[1], 1);
	pthread_join(thread, NULL);
	for (int i = 0; i < 3; i++)
		await_unref(any[i]);
}

static void alone(void)
{
	int tries = 0;
	await_int *aw = awaitable(flaky, &tries);

	for (int i = 0; i < 4; i++)
		await_wait(aw, NULL);
	await_unref(aw);
	aw = awaitable(leaf, 1);
	await_cancel(aw);
	await_wait(aw, NULL);
	await_unref(aw);
	own = awaitable(circle);
	await_wait(own, NULL);
	await_unref(own);
	aw = awaitable(branch, 2);
	await_wait(aw, NULL);
	await_unref(aw);
	aw = awaitable(leaf, 3);
	await_start(aw, NULL, NULL);
	while (await_state(aw) != AWAIT_RESOLVED)
		sched_yield();
	await_wait(aw, NULL);
	await_unref(aw);
	await_unref(await_nowait(int, 3));
}

static void named(void)
{
	static const char *const names[] = {
		"plain",    "=1+1",	"a\"b\\c",  "a;b 7", "a\nb\r\x1b[31m",
		"\xc3\xa4", "\xff\xfe", "<b>&amp;", "",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		await_int *aw = awaitable(leaf, (int)i);

		await_name(aw, names[i]);
		await_wait(aw, NULL);
		await_unref(aw);
	}
}

int main(void)
{
	sem_init(&gate, 0, 0);
	blocked_by_a_run();
	blocked_by_promises();
	blocked_by_any();
	alone();
	named();
	return 0;
}

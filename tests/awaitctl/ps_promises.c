/* SPDX-License-Identifier: MIT */
/*
 * Promises that threads wait for: one by its only reference, one by one of two,
 * and one by a reference that two threads share. It says "ready", gives the
 * second reference back when it is told to, says so again, and ends at the end
 * of its input. See test_ps.py.
 */
#include <await/await.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

AWAIT_TYPE(int, int);

static void *wait_for(void *aw)
{
	await_wait((await_int *)aw, NULL);
	return NULL;
}

static void start(await_int *aw)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, wait_for, aw) != 0)
		exit(99);
}

static void until_told(void)
{
	char line[16];

	puts("ready");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		exit(0);
}

int main(void)
{
	await_int *alone = await_promise(int), *held = await_promise(int);
	await_int *shared = await_promise(int);

	start(alone);
	start(await_ref(held));
	start(shared);
	start(shared);
	until_told();
	await_unref(held);
	until_told();
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Three threads with the same two awaits, for ever: the main thread makes a
 * lazy one, which waits for a promise, and settles that; all three wait for the
 * lazy one, one of them runs it, and who drops it last ends it. round_begins()
 * is called before each round.
 */
#include <await/await.h>

#include <pthread.h>
#include <semaphore.h>

enum { OTHERS = 2 };

AWAIT_TYPE(int, int);

static int plus_one(int *out, await_int *in)
{
	int rc = await_wait(in, out);

	*out += 1;
	await_unref(in);
	return rc;
}
AWAITABLE(int, plus_one, (await_int *, in));

static sem_t go[OTHERS], done;
static await_int *lazy;

__attribute__((noinline)) static void round_begins(void)
{
	__asm__ volatile("" ::: "memory");
}

static void use(void)
{
	int value;

	if (await_wait(lazy, &value) != 0 || value != 8)
		__builtin_trap();
	await_unref(lazy);
}

static void *other(void *arg)
{
	sem_t *mine = arg;

	for (;;) {
		while (sem_wait(mine) != 0)
			;
		use();
		sem_post(&done);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[OTHERS];

	sem_init(&done, 0, 0);
	for (int i = 0; i < OTHERS; i++) {
		sem_init(&go[i], 0, 0);
		if (pthread_create(&threads[i], NULL, other, &go[i]) != 0)
			return 2;
	}
	for (;;) {
		await_int *promise;

		round_begins();
		promise = await_promise(int);
		lazy = awaitable(plus_one, await_ref(promise));
		for (int i = 0; i < OTHERS; i++) {
			await_ref(lazy);
			sem_post(&go[i]);
		}
		await_resolve(promise, 7);
		await_unref(promise);
		use();
		for (int i = 0; i < OTHERS; i++)
			while (sem_wait(&done) != 0)
				;
	}
}

/* SPDX-License-Identifier: MIT */
/*
 * Lazy globals that threads use first at once, that are dropped and made again
 * while others hold them, and that live until exit: nothing of it is a race or
 * a leak. What values and arguments point to is malloc()'s.
 */
#include <await/await.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 4
#define ROUNDS 100

static void drop_text(char **text)
{
	free(*text);
}

AWAIT_TYPE(text, char *, drop_text);
AWAIT_TYPE(int, int);

static int plain_runs; /* as functions write it: libawait orders them */

static int load(char **out, const char *of)
{
	plain_runs++;
	*out = strdup(of);
	return *out ? 0 : -ENOMEM;
}
AWAITABLE(text, load, (const char *, of, free, strdup));

static int length_of(int *out, await_text *text)
{
	*out = (int)strlen(await_get(text));
	return 0;
}
AWAITABLE(int, length_of, (await_text *, text, await_unref, await_ref));

static void begin(void)
{
	plain_runs = 0;
}
AWAITABLE_ACTION(begin);

AWAIT_STATIC(begun, begin);
AWAIT_STATIC(text, load, "text");
AWAIT_STATIC(length, length_of, text());
AWAIT_STATIC(never_used, load, "never");

static atomic_int wrong;
static pthread_barrier_t go;

static void *use(void *data)
{
	await_get(begun());
	for (int i = 0; i < ROUNDS; i++) {
		await_text *mine = await_static_ref(text);

		if (strcmp(await_get(mine), "text") != 0)
			atomic_store_explicit(&wrong, 1, memory_order_relaxed);
		await_unref(mine);
		pthread_barrier_wait(&go);
		if (await_get(length()) != 4)
			atomic_store_explicit(&wrong, 1, memory_order_relaxed);
		if (pthread_barrier_wait(&go) == PTHREAD_BARRIER_SERIAL_THREAD)
			await_static_reset(length);
		if (i % THREADS == *(int *)data)
			await_static_reset(text);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	int numbers[THREADS];

	pthread_barrier_init(&go, NULL, THREADS);
	for (int i = 0; i < THREADS; i++) {
		numbers[i] = i;
		if (pthread_create(&threads[i], NULL, use, &numbers[i]) != 0)
			abort();
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	never_used();
	await_get(length());
	return atomic_load_explicit(&wrong, memory_order_relaxed);
}

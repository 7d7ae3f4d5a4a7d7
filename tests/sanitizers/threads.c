/* SPDX-License-Identifier: MIT */
/*
 * A program of threads that does nothing wrong, for the thread sanitizer.
 * Handles go from thread to thread through relaxed atomics, so that only
 * libawait orders what is done with them, and slots are used by many threads in
 * turn.
 */
#include <await/await.h>

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 4
#define ROUNDS 2000
#define PLACES 8

static void require(int holds)
{
	if (!holds)
		abort();
}

/* A small value shares its memory with the arguments, a large one does not, and
 * a huge one has pages of its own. */
struct small {
	int *kept;
	int number;
};

struct large {
	long numbers[80];
};

struct huge {
	long numbers[8000];
};

static void end_small(struct small *small)
{
	free(small->kept);
	small->kept = NULL;
}

static int make_small(struct small *out, const char *text)
{
	out->number = (int)strlen(text);
	out->kept = (int *)malloc(sizeof(*out->kept));
	require(out->kept != NULL);
	*out->kept = out->number;
	return 0;
}

/* Fails once; what runs may write what arguments point to. */
static int make_large(struct large *out, int *attempts)
{
	out->numbers[79] = ++*attempts;
	return *attempts < 2 ? -EIO : 0;
}

static int make_huge(struct huge *out, long number)
{
	out->numbers[7999] = number;
	return 0;
}

AWAIT_TYPE(small, struct small, end_small);
AWAIT_TYPE(large, struct large);
AWAIT_TYPE(huge, struct huge);
AWAIT_TYPE(number, long);
AWAITABLE(small, make_small, (const char *, text, free, strdup));
AWAITABLE(large, make_large, (int *, attempts, free));
AWAITABLE(huge, make_huge, (long, number));

static _Atomic(await_small *) smalls[PLACES];
static _Atomic(await_large *) larges[PLACES];
static _Atomic(await_huge *) huges[PLACES];
static _Atomic(await_number *) numbers[PLACES];

static void use_small(await_small *aw)
{
	const struct small *small;

	if (!aw)
		return;
	small = await_borrow(aw);
	require(*small->kept == small->number);
	await_unref(aw);
}

static void use_large(await_large *aw)
{
	struct large large;

	if (!aw)
		return;
	while (await_wait(aw, &large) != 0)
		;
	require(large.numbers[79] == 2);
	await_unref(aw);
}

static void use_huge(await_huge *aw)
{
	if (!aw)
		return;
	require(await_borrow(aw)->numbers[7999] == 7);
	await_unref(aw);
}

/* Whoever comes first settles it. */
static void use_number(await_number *aw, int round)
{
	long number = 0;

	if (!aw)
		return;
	if (round % 3 == 0)
		(void)await_cancel(aw);
	else
		(void)await_resolve(aw, 11);
	if (await_wait_all(&aw, 1, NULL, NULL) == 0)
		require(await_peek(aw, &number) == 0 && number == 11);
	await_unref(aw);
}

static await_number *forgotten(void)
{
	await_number_owner *owner = await_promise_owner(number);
	await_number *aw = await_promise_of(owner);

	require(await_owner_drop(owner) == 0);
	return aw;
}

/* Puts one reference at a place, and uses what was there, and the other. */
#define PASS(T, places, round, aw, use)                                        \
	do {                                                                   \
		T *mine_ = (aw);                                               \
		use(atomic_exchange_explicit(&(places)[(round) % PLACES],      \
					     await_ref(mine_),                 \
					     memory_order_relaxed));           \
		use(mine_);                                                    \
	} while (0)

static void *work(void *unused)
{
	for (int i = 0; i < ROUNDS; i++) {
		int *attempts = (int *)calloc(1, sizeof(*attempts));
#define USE_NUMBER(aw) use_number(aw, i)

		PASS(await_small, smalls, i, awaitable(make_small, "text"),
		     use_small);
		PASS(await_large, larges, i, awaitable(make_large, attempts),
		     use_large);
		PASS(await_number, numbers, i,
		     i % 2 ? await_nowait(number, 11L) :
		     i % 4 ? await_promise(number) :
			     forgotten(),
		     USE_NUMBER);
		if (i % 50 == 0)
			PASS(await_huge, huges, i / 50, awaitable(make_huge, 7),
			     use_huge);
	}
	return unused;
}

int main(void)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		require(pthread_create(&threads[i], NULL, work, NULL) == 0);
	for (int i = 0; i < THREADS; i++)
		require(pthread_join(threads[i], NULL) == 0);
	for (int i = 0; i < PLACES; i++) {
		use_small(smalls[i]);
		use_large(larges[i]);
		use_huge(huges[i]);
		use_number(numbers[i], 1);
	}
	return 0;
}

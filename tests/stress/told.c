/* SPDX-License-Identifier: MIT */
/*
 * Being told and waiting for any, from many threads at once. Rounds have fixed
 * seeds; nothing is decided by time. A wakeup that is lost hangs the test, an
 * entry that is lost, or told twice, is counted.
 *
 * told_round: threads ask to be told, take that back, wait for any of three and
 * drop their references, while one thread settles the promises in order and
 * waits for nothing. any_round: functions wait for any of two others, which
 * wait for others: refused where nothing else is left, they return.
 */
#define _GNU_SOURCE
#include <await/await.h>

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

#define ROUNDS 400u
#define THREADS 4u
#define AWAITS 24u
#define STEPS 60u

static await_int *awaits[AWAITS];
static uint64_t seed;
static pthread_barrier_t begin;

static uint64_t next(uint64_t *random)
{
	*random = *random * 6364136223846793005u + 1442695040888963407u;
	return *random >> 33;
}

static void check(bool holds, const char *what)
{
	if (holds)
		return;
	printf("Bail out! seed %llu: %s\n", (unsigned long long)seed, what);
	fflush(stdout);
	_exit(1);
}

static int sometimes(int *out, int nth)
{
	static __thread uint64_t random;

	*out = nth;
	return next(&random) % 3 ? 0 : -EIO;
}
AWAITABLE(int, sometimes, (int, nth));

/* --- told_round --- */

struct asked {
	AWAIT_ATOMIC(int) told;
	bool wanted;
};

static struct worker {
	pthread_t thread;
	unsigned who;
	struct asked asked[STEPS];
	uint64_t written; /* how often the eventfd is to be told */
	int fd;
} workers[THREADS];

static void note(void *data, int outcome)
{
	struct asked *asked = data;

	check(outcome == 0 || outcome == -EIO || outcome == -ECANCELED ||
		      outcome == -EPIPE,
	      "an outcome that there is not");
	atomic_fetch_add_explicit(&asked->told, 1, memory_order_relaxed);
}

static void ask(struct worker *worker, struct asked *asked, await_int *aw,
		uint64_t bits)
{
	int rc;

	check(await_notify_call(aw, note, asked) == 0, "asking");
	asked->wanted = true;
	if (bits % 3)
		return;
	rc = await_unnotify_call(aw, note, asked);
	check(rc == 0 || rc == -ENOENT, "taking it back");
	asked->wanted = rc == -ENOENT;
	rc = await_notify(aw, worker->fd);
	check(rc == 0 || rc == -EALREADY, "asking by an eventfd");
	worker->written += rc == 0;
	if (bits % 2 || rc != 0)
		return;
	rc = await_unnotify(aw, worker->fd);
	check(rc == 0 || rc == -ENOENT, "taking an eventfd back");
	worker->written -= rc == 0;
}

static void wait_any(await_int *const *from, uint64_t bits)
{
	size_t index = 9;
	int rc;

	rc = await_wait_any(from, 3, NULL, &index);
	check(index < 3, "index of the first");
	check(rc == 0 || rc == -EIO || rc == -EPIPE || rc == -ECANCELED,
	      "result of the first");
	if (rc == 0)
		check(await_peek(from[index], &rc) == 0, "value of the first");
	if (bits % 4 == 0)
		await_cancel(from[(bits >> 2) % 3]);
}

static void *work(void *data)
{
	struct worker *worker = data;
	uint64_t random = seed * THREADS + worker->who;

	pthread_barrier_wait(&begin);
	for (unsigned i = 0; i < STEPS; i++) {
		uint64_t bits = next(&random);
		unsigned first = bits % (AWAITS - 2);

		if (bits & 1u << 20)
			ask(worker, &worker->asked[i], awaits[first],
			    bits >> 8);
		else
			wait_any(&awaits[first], bits >> 8);
		if (bits % 16 == 0)
			await_wait(awaits[first], NULL);
	}
	for (unsigned i = 0; i < AWAITS; i++)
		await_unref(awaits[i]);
	return NULL;
}

static void *settle(void *unused)
{
	uint64_t random = seed;

	(void)unused;
	pthread_barrier_wait(&begin);
	for (unsigned i = 0; i < AWAITS; i += 2) {
		for (uint64_t n = next(&random) % 50; n > 0; n--)
			sched_yield();
		if (next(&random) % 4)
			await_resolve(awaits[i], (int)i);
		else
			await_reject(awaits[i], -EPIPE);
	}
	for (unsigned i = 0; i < AWAITS; i++)
		await_unref(awaits[i]);
	return NULL;
}

static void verify(struct worker *worker)
{
	uint64_t written = 0;

	for (unsigned i = 0; i < STEPS; i++) {
		int told = atomic_load_explicit(&worker->asked[i].told,
						memory_order_relaxed);

		check(told == worker->asked[i].wanted, "told once");
		worker->asked[i] = (struct asked){ 0 };
	}
	if (read(worker->fd, &written, sizeof(written)) < 0)
		written = 0;
	check(written == worker->written, "written once for each");
	worker->written = 0;
}

static void told_round(void)
{
	pthread_t settler;

	for (unsigned i = 0; i < AWAITS; i++) {
		awaits[i] = i % 2 ? awaitable(sometimes, (int)i) :
				    await_promise(int);
		for (unsigned n = 0; n < THREADS; n++)
			await_ref(awaits[i]);
	}
	pthread_barrier_init(&begin, NULL, THREADS + 1);
	pthread_create(&settler, NULL, settle, NULL);
	for (unsigned i = 0; i < THREADS; i++) {
		workers[i].who = i;
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	}
	pthread_join(settler, NULL);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	for (unsigned i = 0; i < THREADS; i++)
		verify(&workers[i]);
	pthread_barrier_destroy(&begin);
}

/* --- any_round --- */

static AWAIT_ATOMIC(unsigned) refused;

static int wait_for_two(int *out, int nth)
{
	uint64_t random = seed * AWAITS + (unsigned)nth;
	unsigned a = next(&random) % AWAITS, b = next(&random) % AWAITS;
	await_int *two[2] = { awaits[a], awaits[b] };
	int rc = next(&random) % 3 ? await_wait_any(two, 2, NULL, NULL) :
				     await_wait(two[0], NULL);

	check(rc == 0 || rc == -EDEADLK, "result inside a function");
	if (rc != 0)
		atomic_fetch_add_explicit(&refused, 1, memory_order_relaxed);
	*out = nth;
	return 0;
}
AWAITABLE(int, wait_for_two, (int, nth));

static void *wait_for_all(void *data)
{
	struct worker *worker = data;

	pthread_barrier_wait(&begin);
	for (unsigned i = 0; i < AWAITS; i++)
		check(await_wait(awaits[(i * 5 + worker->who * 7) % AWAITS],
				 NULL) == 0,
		      "result outside");
	return NULL;
}

static void any_round(void)
{
	for (unsigned i = 0; i < AWAITS; i++)
		awaits[i] = awaitable(wait_for_two, (int)i);
	pthread_barrier_init(&begin, NULL, THREADS);
	for (unsigned i = 0; i < THREADS; i++) {
		workers[i].who = i;
		pthread_create(&workers[i].thread, NULL, wait_for_all,
			       &workers[i]);
	}
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	for (unsigned i = 0; i < AWAITS; i++)
		await_unref(awaits[i]);
	pthread_barrier_destroy(&begin);
}

int main(void)
{
	for (unsigned i = 0; i < THREADS; i++)
		workers[i].fd = eventfd(0, EFD_NONBLOCK);
	for (seed = 1; seed <= ROUNDS; seed++)
		told_round();
	printf("1..2\nok 1 - told\n");
	for (seed = 1; seed <= ROUNDS; seed++)
		any_round();
	printf("# %u waits were refused\n", refused);
	printf("%sok 2 - any\n", refused ? "" : "not ");
	return !refused;
}

/* SPDX-License-Identifier: MIT */
/*
 * The contract, the life of an await: identity, reference counts, the end, and
 * how many awaits there can be.
 */
#define _GNU_SOURCE
#include "contract.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define THREADS 8
#define MILLION 1000000
#define SLAB (256 << 10)

static atomic_int runs;
static int released, destroyed;

static int setup(void **state)
{
	(void)state;
	runs = released = destroyed = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	record_stop();
	return 0;
}

static int answer(int x)
{
	atomic_fetch_add_explicit(&runs, 1, memory_order_relaxed);
	return x;
}
AWAITABLE_VALUE(int, answer, (int, x));

static int compare_ids(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void equality_hash(void **state)
{
	enum { ROUNDS = 300, ALIVE = 100 };
	static uint64_t ids[ROUNDS * ALIVE];
	await_int *aw[ALIVE];
	size_t n = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < ALIVE; i++) {
			aw[i] = awaitable(answer, 1);
			ids[n++] = await_id(aw[i]);
			assert_true(ids[n - 1] > 0 && ids[n - 1] >> 63 == 0);
		}
		for (int i = 0; i < ALIVE; i++) {
			/* Awaits of equal values have different ids. */
			assert_ptr_not_equal(aw[i], aw[(i + 1) % ALIVE]);
			assert_int_equal(await_get(aw[i]), 1);
			assert_int_equal(await_id(aw[i]), ids[n - ALIVE + i]);
		}
		for (int i = 0; i < ALIVE; i++)
			await_unref(aw[i]);
	}
	qsort(ids, n, sizeof(ids[0]), compare_ids);
	for (size_t i = 1; i < n; i++)
		assert_true(ids[i - 1] != ids[i]);
}

/* With the thread sanitizer each takes fifty times as long, and one race is
 * enough. */
#ifdef __SANITIZE_THREAD__
enum { SHARES = 20000 };
#else
enum { SHARES = 200000 };
#endif

/* All threads share two handles, each with references of its own. */
static pthread_barrier_t begin;
static atomic_int sharers;

static void *share(void *data)
{
	await_int **shared = data;
	intptr_t wrong = 0;

	run_on(atomic_fetch_add_explicit(&sharers, 1, memory_order_relaxed));
	pthread_barrier_wait(&begin);
	for (int i = 0; i < SHARES; i++) {
		await_int *aw = await_ref(shared[i % 2]);

		wrong += aw != shared[i % 2];
		wrong += await_get(aw) != i % 2;
		await_unref(aw);
	}
	return (void *)wrong;
}

static void copy_pickle(void **state)
{
	await_int *shared[2];
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < 2; i++)
		shared[i] = awaitable(answer, i);
	pthread_barrier_init(&begin, NULL, THREADS);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, share, shared);
	for (int i = 0; i < THREADS; i++) {
		void *wrong;

		pthread_join(threads[i], &wrong);
		assert_int_equal((intptr_t)wrong, 0);
	}
	pthread_barrier_destroy(&begin);
	assert_int_equal(runs, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(atomic_load_explicit(&shared[i]->head.refs,
						      memory_order_relaxed),
				 1);
		assert_true(await_is_valid(shared[i]));
		await_unref(shared[i]);
		assert_false(await_is_valid(shared[i]));
	}
}

static void release(char *text)
{
	released++;
	free(text);
}

static void text_end(char **text)
{
	destroyed++;
	free(*text);
}
AWAIT_TYPE(text, char *, text_end);

static int copy(char **out, char *text, char *more)
{
	runs++;
	(void)more;
	*out = strdup(text);
	return 0;
}
AWAITABLE(text, copy, (char *, text, release, strdup), (char *, more, release));

/* How LIBAWAIT_DEBUG's report counts it is not tested here. */
static void dropped_never_waited(void **state)
{
	char abc[] = "abc";
	const struct await_event *event;
	await_text *aw, *now;
	int line;

	(void)state;
	record();
	aw = awaitable(copy, abc, strdup("def")), line = __LINE__;
	now = await_nowait(text, strdup("ghi"));
	await_unref(aw);
	assert_int_equal(released, 2);
	assert_int_equal(destroyed, 0);
	await_unref(now);
	assert_int_equal(released, 2);
	assert_int_equal(destroyed, 1);
	assert_int_equal(runs, 0);
	assert_int_equal(seen_count(AWAIT_EVENT_EXEC_BEGIN, 0), 0);
	assert_int_equal(seen_count(AWAIT_EVENT_DESTROY, 0), 2);
	event = &seen(AWAIT_EVENT_DESTROY, 0, 0)->event;
	assert_int_equal(event->state, AWAIT_PENDING);
	assert_int_equal(event->site->line, line);
	assert_string_equal(event->site->func->name, "copy");
	assert_int_equal(event->id, seen(AWAIT_EVENT_CREATE, 0, 0)->event.id);
}

/* A walk over the slabs, like a debugger's, finds all of them. */
static void a_million_alive(void **state)
{
	static const char end[] = "\n1000000 awaits: 1000000 pending\n";
	await_int **aw = malloc(MILLION * sizeof(aw[0]));
	int fd = memfd_create("dump", 0), slabs = 0;
	char tail[sizeof(end)] = "";
	uintptr_t slab = 0;

	(void)state;
	assert_non_null(aw);
	for (int i = 0; i < MILLION; i++) {
		aw[i] = awaitable(answer, i);
		if ((uintptr_t)aw[i] / SLAB != slab)
			slabs++;
		slab = (uintptr_t)aw[i] / SLAB;
	}
	assert_int_equal(runs, 0);
	assert_int_equal(sizeof(await_int), 32);
	assert_int_equal(answer_await_func.slot_size, 32);
	/* And no memory but theirs: a slab is nearly all awaits. */
	assert_true(slabs <= MILLION / (SLAB / 32 - 256) + 2);
	assert_int_equal(await_dump(fd), 0);
	lseek(fd, -(off_t)(sizeof(end) - 1), SEEK_END);
	assert_int_equal(read(fd, tail, sizeof(end) - 1), sizeof(end) - 1);
	assert_string_equal(tail, end);
	close(fd);
	for (int i = 0; i < MILLION; i++) {
		if (await_get(aw[i]) != i)
			fail();
		await_unref(aw[i]);
	}
	assert_int_equal(runs, MILLION);
	free(aw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(equality_hash),
		TEST(copy_pickle),
		TEST(dropped_never_waited),
		TEST_NAMED("1_000_000_alive", a_million_alive),
	};

	alarm(150);
	return cmocka_run_group_tests_name("lifetime", tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Destructors and slots in the odd cases; tests/contract has the plain ones. */
#include "unit.h"

#include <pthread.h>
#include <semaphore.h>

struct buffer {
	char *data;
};

static int released, destroyed, failures_left;
static sem_t inside, go_on;

static void buffer_clear(struct buffer *buffer)
{
	destroyed++;
	free(buffer->data);
}
AWAIT_TYPE(buffer, struct buffer, buffer_clear);
AWAIT_TYPE(int, int);

static void release(char *text)
{
	released++;
	free(text);
}

/* Fails failures_left times, having scribbled on its result. */
static int copy(struct buffer *out, char *text, int tag)
{
	out->data = (char *)(uintptr_t)0xdead;
	if (failures_left-- > 0)
		return -EIO - tag;
	out->data = strdup(text);
	return 0;
}
AWAITABLE(buffer, copy, (char *, text, release, strdup), (int, tag));

static int slow(struct buffer *out, char *text, int rc)
{
	sem_post(&inside);
	sem_wait(&go_on);
	if (rc == 0)
		out->data = strdup(text);
	return rc;
}
AWAITABLE(buffer, slow, (char *, text, release, strdup), (int, rc));

static await_buffer *own;
static int drops_itself(struct buffer *out)
{
	out->data = strdup("gone");
	await_unref(own);
	return 0;
}
AWAITABLE(buffer, drops_itself);

static int answer(void)
{
	return 42;
}
AWAITABLE_VALUE(int, answer);

static int setup(void **state)
{
	(void)state;
	released = destroyed = failures_left = 0;
	sem_init(&inside, 0, 0);
	sem_init(&go_on, 0, 0);
	return 0;
}

static void assert_counts(int r, int d)
{
	assert_int_equal(released, r);
	assert_int_equal(destroyed, d);
}

static void dropping_a_failed_await_releases_its_arguments(void **state)
{
	await_buffer *aw = awaitable(copy, (char *)(uintptr_t) "abc", 0);

	(void)state;
	failures_left = 1;
	assert_int_equal(await_wait(aw, NULL), -EIO);
	await_unref(aw);
	assert_counts(1, 0);
}

static void attempts_stay_at_255(void **state)
{
	await_buffer *aw = awaitable(copy, (char *)(uintptr_t) "abc", 0);
	uint64_t id = await_id(aw);

	(void)state;
	failures_left = 300;
	for (int i = 0; i < 300; i++)
		assert_int_equal(await_wait(aw, NULL), -EIO);
	assert_int_equal(await_attempts(aw), 255);
	assert_int_equal(await_id(aw), id);
	await_unref(aw);
}

static void *wait_thread(void *aw)
{
	return (void *)(intptr_t)await_wait((await_buffer *)aw, NULL);
}

/* Another thread runs it and the last reference goes meanwhile. */
static void drop_while_running(int rc, int expect)
{
	await_buffer *aw = awaitable(slow, (char *)(uintptr_t) "abc", rc);
	pthread_t thread;
	void *got;

	assert_int_equal(pthread_create(&thread, NULL, wait_thread, aw), 0);
	sem_wait(&inside);
	assert_int_equal(await_state(aw), AWAIT_RUNNING);
	await_unref(aw);
	assert_counts(0, 0);
	sem_post(&go_on);
	pthread_join(thread, &got);
	assert_int_equal((intptr_t)got, expect);
	assert_counts(1, rc == 0);
	assert_int_equal(await_core_state(&aw->head), AWAIT_FREE);
}

static void an_await_dropped_while_running_ends_after_its_run(void **state)
{
	(void)state;
	drop_while_running(0, -ECANCELED);
}

static void an_await_dropped_while_failing_ends_after_its_run(void **state)
{
	(void)state;
	drop_while_running(-EIO, -EIO);
}

static void an_await_may_drop_itself(void **state)
{
	(void)state;
	own = awaitable(drops_itself);
	assert_int_equal(await_wait(own, NULL), -ECANCELED);
	assert_counts(0, 1);
}

/* One slot has 2^24 ids; then another one is taken. */
static void a_worn_out_slot_is_not_used_again(void **state)
{
	await_int *aw = awaitable(answer);
	uint64_t first = await_id(aw), id = first;
	uint32_t slot = (uint32_t)first;

	(void)state;
	await_unref(aw);
	for (uint32_t i = 0; i < 1u << 24; i++) {
		aw = awaitable(answer);
		id = await_id(aw);
		await_unref(aw);
	}
	assert_true(id != first);
	assert_true((uint32_t)id != slot);
}

/* More than a thread keeps and more than a slab holds, dropped in an order
 * that mixes slabs. */
static void many_may_be_alive_at_once(void **state)
{
	enum { MANY = 50000 };
	static await_int *aw[MANY];

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < MANY; i++)
			assert_non_null(aw[i] = awaitable(answer));
		for (int i = 0; i < MANY; i += 3)
			assert_int_equal(await_get(aw[i]), 42);
		for (int i = 0; i < MANY; i++)
			assert_int_equal(await_state(aw[i]),
					 i % 3 ? AWAIT_PENDING :
						 AWAIT_RESOLVED);
		for (int i = 0; i < MANY; i++)
			await_unref(aw[(i * 7919) % MANY]);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		TEST(dropping_a_failed_await_releases_its_arguments),
		TEST(attempts_stay_at_255),
		TEST(an_await_dropped_while_running_ends_after_its_run),
		TEST(an_await_dropped_while_failing_ends_after_its_run),
		TEST(an_await_may_drop_itself),
		TEST(a_worn_out_slot_is_not_used_again),
		TEST(many_may_be_alive_at_once),
	};

	return cmocka_run_group_tests_name("life", tests, NULL, NULL);
}

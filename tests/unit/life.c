/* SPDX-License-Identifier: MIT */
/* References, destructors, failure and retry, ids. */
#include "unit.h"

#include <pthread.h>
#include <semaphore.h>

struct buffer {
	char *data;
};

static int released, retained, destroyed, failures_left;
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

static char *retain(const char *text)
{
	retained++;
	return strdup(text);
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
AWAITABLE(buffer, copy, (char *, text, release, retain), (int, tag));

/* The argument is handed over, not retained. */
static int take(struct buffer *out, char *text)
{
	out->data = strdup(text);
	return 0;
}
AWAITABLE(buffer, take, (char *, text, release));

static int slow(struct buffer *out, char *text, int rc)
{
	sem_post(&inside);
	sem_wait(&go_on);
	if (rc == 0)
		out->data = strdup(text);
	return rc;
}
AWAITABLE(buffer, slow, (char *, text, release, retain), (int, rc));

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
	released = retained = destroyed = failures_left = 0;
	sem_init(&inside, 0, 0);
	sem_init(&go_on, 0, 0);
	return 0;
}

static void assert_counts(int r, int d)
{
	assert_int_equal(released, r);
	assert_int_equal(destroyed, d);
}

static void success_releases_arguments_then_destroys_value(void **state)
{
	await_buffer *aw = awaitable(copy, (char *)(uintptr_t) "abc", 0);

	(void)state;
	assert_int_equal(retained, 1);
	assert_counts(0, 0);
	assert_string_equal(await_get(aw).data, "abc");
	assert_counts(1, 0);
	await_unref(aw);
	assert_counts(1, 1);
}

static void arguments_can_be_handed_over(void **state)
{
	await_buffer *aw = awaitable(take, strdup("abc"));

	(void)state;
	assert_string_equal(await_get(aw).data, "abc");
	await_unref(aw);
	assert_counts(1, 1);
}

static void dropped_pending_releases_arguments(void **state)
{
	await_buffer *aw = awaitable(copy, (char *)(uintptr_t) "abc", 0);

	(void)state;
	await_unref(aw);
	assert_counts(1, 0);
}

static void failure_keeps_arguments_and_retries(void **state)
{
	await_buffer *aw = awaitable(copy, (char *)(uintptr_t) "abc", 1);
	struct buffer out = { NULL };

	(void)state;
	failures_left = 2;
	assert_int_equal(await_wait(aw, &out), -EIO - 1);
	assert_null(out.data);
	assert_int_equal(await_state(aw), AWAIT_FAILED);
	assert_int_equal(await_error(aw), -EIO - 1);
	assert_int_equal(await_attempts(aw), 1);
	assert_int_equal(await_wait(aw, &out), -EIO - 1);
	assert_int_equal(await_attempts(aw), 2);
	assert_counts(0, 0);
	assert_int_equal(await_wait(aw, &out), 0);
	assert_string_equal(out.data, "abc");
	assert_int_equal(await_attempts(aw), 3);
	assert_counts(1, 0);
	await_unref(aw);
	assert_counts(1, 1);
}

static void dropped_failed_releases_arguments(void **state)
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

static void references_count(void **state)
{
	await_buffer *aw = awaitable(copy, (char *)(uintptr_t) "abc", 0);

	(void)state;
	assert_ptr_equal(await_ref(aw), aw);
	await_unref(aw);
	assert_counts(0, 0);
	assert_string_equal(await_get(aw).data, "abc");
	await_unref(aw);
	assert_counts(1, 1);
}

static void nowait_value_is_destroyed_once(void **state)
{
	await_buffer *aw =
		await_nowait(buffer, ((struct buffer){ strdup("abc") }));

	(void)state;
	await_unref(aw);
	assert_counts(0, 1);
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

static void dropped_while_running_ends_after_it(void **state)
{
	(void)state;
	drop_while_running(0, -ECANCELED);
}

static void dropped_while_failing_ends_after_it(void **state)
{
	(void)state;
	drop_while_running(-EIO, -EIO);
}

static void dropped_by_its_own_body(void **state)
{
	(void)state;
	own = awaitable(drops_itself);
	assert_int_equal(await_wait(own, NULL), -ECANCELED);
	assert_counts(0, 1);
}

static int compare_ids(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void ids_are_unique_for_life(void **state)
{
	enum { ROUNDS = 300, ALIVE = 100 };
	static uint64_t ids[ROUNDS * ALIVE];
	await_int *aw[ALIVE];
	size_t n = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < ALIVE; i++) {
			aw[i] = awaitable(answer);
			ids[n++] = await_id(aw[i]);
			assert_true(ids[n - 1] > 0 && ids[n - 1] >> 63 == 0);
		}
		for (int i = 0; i < ALIVE; i++)
			await_unref(aw[i]);
	}
	qsort(ids, n, sizeof(ids[0]), compare_ids);
	for (size_t i = 1; i < n; i++)
		assert_true(ids[i - 1] != ids[i]);
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
static void many_alive_at_once(void **state)
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
		TEST(success_releases_arguments_then_destroys_value),
		TEST(arguments_can_be_handed_over),
		TEST(dropped_pending_releases_arguments),
		TEST(failure_keeps_arguments_and_retries),
		TEST(dropped_failed_releases_arguments),
		TEST(attempts_stay_at_255),
		TEST(references_count),
		TEST(nowait_value_is_destroyed_once),
		TEST(dropped_while_running_ends_after_it),
		TEST(dropped_while_failing_ends_after_it),
		TEST(dropped_by_its_own_body),
		TEST(ids_are_unique_for_life),
		TEST(a_worn_out_slot_is_not_used_again),
		TEST(many_alive_at_once),
	};

	return cmocka_run_group_tests_name("life", tests, NULL, NULL);
}

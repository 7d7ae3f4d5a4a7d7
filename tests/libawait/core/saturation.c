/* SPDX-License-Identifier: MIT */
/* A count of references that grows too large stays, and says so once. The count
 * is set, as nobody has the time to take 2^30 references. */
#define _GNU_SOURCE
#include "unit.h"

#include "child.h"

#include <pthread.h>

AWAIT_TYPE(int, int);

static void count_to(await_int *aw, uint32_t refs)
{
	atomic_store_explicit(&aw->head.refs, refs, memory_order_relaxed);
}

static uint32_t count_of(await_int *aw)
{
	return atomic_load_explicit(&aw->head.refs, memory_order_relaxed);
}

static void take_one_too_many(void)
{
	await_int *aw = await_nowait(int, 7), *other = await_nowait(int, 8);

	count_to(aw, (1u << 30) - 1);
	count_to(other, (1u << 30) - 1);
	for (int i = 0; i < 3; i++)
		CHECK(await_ref(aw) == aw && await_ref(other) == other);
	CHECK(count_of(aw) >= 1u << 30);
	/* It never ends, however often it is dropped. */
	for (int i = 0; i < 1000000; i++)
		await_unref(aw);
	CHECK(count_of(aw) >= 1u << 30 && await_get(aw) == 7);
}

static void take_and_drop_below(void)
{
	await_int *aw = await_nowait(int, 7);

	count_to(aw, (1u << 30) - 2);
	for (int i = 0; i < 1000; i++) {
		await_ref(aw);
		await_unref(aw);
	}
	CHECK(count_of(aw) == (1u << 30) - 2);
	count_to(aw, 1);
	await_unref(aw);
	CHECK(await_state(aw) == AWAIT_FREE);
}

static await_int *shared;
static void *take_many(void *unused)
{
	for (int i = 0; i < 200000; i++) {
		await_ref(shared);
		if (i % 3 == 0)
			await_unref(shared);
	}
	return unused;
}

static void *drop_many(void *unused)
{
	for (int i = 0; i < 200000; i++)
		await_unref(shared);
	return unused;
}

/* Around each end of the counts that stay, by several threads. */
static void from_many_threads(void)
{
	static const uint32_t counts[] = { (1u << 30) - 50000, 1u << 31 };
	enum { THREADS = 4 };
	pthread_t threads[THREADS];

	for (int i = 0; i < 2; i++) {
		shared = await_nowait(int, 9);
		count_to(shared, counts[i]);
		for (int j = 0; j < THREADS; j++)
			CHECK(pthread_create(&threads[j], NULL, take_many,
					     NULL) == 0);
		for (int j = 0; j < THREADS; j++)
			pthread_join(threads[j], NULL);
		for (int j = 0; j < THREADS; j++)
			CHECK(pthread_create(&threads[j], NULL, drop_many,
					     NULL) == 0);
		for (int j = 0; j < THREADS; j++)
			pthread_join(threads[j], NULL);
		CHECK(await_get(shared) == 9);
		CHECK(count_of(shared) - (1u << 31) + 70000 < 140000);
	}
}

/* As tests of misuse do: an await that has ended is no saturated one. */
static void drop_what_has_ended(void)
{
	await_int *aw = await_nowait(int, 1);

	await_unref(aw);
	await_unref(aw);
}

static const struct mode modes[] = {
	MODE(take_one_too_many),
	MODE(take_and_drop_below),
	MODE(from_many_threads),
	MODE(drop_what_has_ended),
};

#define TOO_MANY                                                               \
	": it has too many references to be counted: it will never end, called "

static void assert_said_once(const char *id)
{
	char begins[100];
	const char *end = strchr(text, '\n');

	snprintf(begins, sizeof(begins), "await: await_ref: -EOVERFLOW: %s ",
		 id);
	assert_ptr_equal(strstr(text, begins), text);
	assert_non_null(strstr(text, TOO_MANY));
	assert_non_null(end);
	assert_int_equal(end[1], '\0');
}

static void a_count_that_is_too_large_stays(void **state)
{
	(void)state;
	assert_int_equal(run_again("", "take_one_too_many"), 0);
	assert_said_once("#1");
	assert_int_equal(run_again("check", "take_one_too_many"), 0);
	assert_said_once("#1");
	assert_int_equal(run_again("", "take_and_drop_below"), 0);
	assert_string_equal(text, "");
}

static void threads_do_not_get_it_away(void **state)
{
	(void)state;
	assert_int_equal(run_again("", "from_many_threads"), 0);
	assert_said_once("#1");
}

static void an_ended_await_is_still_told(void **state)
{
	(void)state;
	assert_int_equal(run_again("", "drop_what_has_ended"), 256 + SIGABRT);
	assert_non_null(strstr(text, "await: await_unref: -ESTALE: 0x"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_count_that_is_too_large_stays),
		cmocka_unit_test(threads_do_not_get_it_away),
		cmocka_unit_test(an_ended_await_is_still_told),
	};

	if (argc > 1)
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	alarm(120);
	return cmocka_run_group_tests_name("saturation", tests, NULL, NULL);
}

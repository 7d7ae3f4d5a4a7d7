/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_DEBUG=cycles: what is printed when a wait is refused, in child
 * processes. */
#define _GNU_SOURCE
#include "unit.h"

#include "child.h"

#include <pthread.h>

AWAIT_TYPE(int, int);

static await_int *ring[100];
static pthread_barrier_t entered;
static int with_threads;

/* Waits for the next of the ring, once all are in it. */
static int step(int *out, int next)
{
	int rc;

	if (with_threads)
		pthread_barrier_wait(&entered);
	rc = await_wait(ring[next], NULL);
	*out = next;
	return rc == -EDEADLK ? 0 : rc;
}
AWAITABLE(int, step, (int, next));

/* Waits for ring[0] inside another await of the same thread. */
static int around(int *out, int next)
{
	await_int *inner = awaitable(step, next);
	int rc = await_wait(inner, out);

	await_unref(inner);
	return rc;
}
AWAITABLE(int, around, (int, next));

static void make_ring(int size)
{
	for (int i = 0; i < size; i++)
		ring[i] = awaitable(step, (i + 1) % size);
}

static void *wait_thread(void *aw)
{
	await_wait((await_int *)aw, NULL);
	return NULL;
}

static void across_threads(int size)
{
	pthread_t threads[100];

	with_threads = 1;
	CHECK(pthread_barrier_init(&entered, NULL, (unsigned)size) == 0);
	for (int i = 0; i < size; i++)
		CHECK(pthread_create(&threads[i], NULL, wait_thread, ring[i]) ==
		      0);
	for (int i = 0; i < size; i++)
		pthread_join(threads[i], NULL);
}

static int run_mode(const char *mode)
{
	int size = atoi(mode + 1);

	if (mode[0] == 's') { /* one thread */
		make_ring(size);
		await_wait(ring[0], NULL);
	} else if (mode[0] == 'i') { /* with one inside another */
		ring[0] = awaitable(around, 0);
		await_wait(ring[0], NULL);
	} else {
		make_ring(size);
		across_threads(size);
	}
	return 0;
}

static char *nth_line(int n)
{
	char *at = text;

	for (; n > 0; n--) {
		at = strchr(at, '\n');
		assert_non_null(at);
		at++;
	}
	return at;
}

/* text is one cycle of size: once round, and a line of each. */
static void assert_cycle(int size)
{
	char first[4000], id[20];
	const char *at;

	snprintf(first, sizeof(first), "%.*s", (int)strcspn(text, "\n"), text);
	assert_ptr_equal(strstr(first, "await: cycle: #"), first);
	at = first + strlen("await: cycle: ");
	snprintf(id, sizeof(id), "%.*s", (int)strcspn(at, " "), at);
	for (int i = 1; i <= size; i++) {
		char line[600];

		snprintf(line, sizeof(line), "await:    %.*s int running ",
			 (int)strcspn(at, " "), at);
		assert_ptr_equal(strstr(nth_line(i), line), nth_line(i));
		at = strstr(at, " -> ");
		assert_non_null(at);
		at += 4;
	}
	assert_ptr_equal(strstr(at, id), at);
	assert_non_null(strstr(at, ", refused at unit-deadlock+0x"));
	assert_string_equal(nth_line(size + 1), "");
}

static void a_cycle_is_printed_on_request(void **state)
{
	(void)state;
	assert_int_equal(run_again("cycles", "s1"), 0);
	assert_cycle(1);
	assert_int_equal(run_again("cycles", "s3"), 0);
	assert_cycle(3);
	assert_ptr_equal(strstr(text, "await: cycle: #1 -> #2 -> #3 -> #1, "),
			 text);
	assert_int_equal(run_again("", "s3"), 0);
	assert_string_equal(text, "");
}

static void a_cycle_across_threads_is_printed_too(void **state)
{
	(void)state;
	for (int size = 2; size <= 8; size += 3) {
		char mode[20];

		snprintf(mode, sizeof(mode), "t%d", size);
		assert_int_equal(run_again("cycles", mode), 0);
		assert_cycle(size);
	}
}

static void awaits_inside_others_belong_to_the_cycle(void **state)
{
	(void)state;
	assert_int_equal(run_again("cycles", "i"), 0);
	assert_cycle(2);
	assert_non_null(strstr(text, " running around(0) on thread "));
	assert_non_null(strstr(text, " running step(0) on thread "));
}

static void a_long_cycle_is_cut(void **state)
{
	(void)state;
	assert_int_equal(run_again("cycles", "s100"), 0);
	assert_ptr_equal(strstr(text, "await: cycle: #"), text);
	assert_ptr_equal(strstr(nth_line(64), "await:    #"), nth_line(64));
	assert_string_equal(nth_line(65), "");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cycle_is_printed_on_request),
		cmocka_unit_test(a_cycle_across_threads_is_printed_too),
		cmocka_unit_test(awaits_inside_others_belong_to_the_cycle),
		cmocka_unit_test(a_long_cycle_is_cut),
	};

	if (argc > 1)
		return run_mode(argv[1]);
	alarm(120);
	return cmocka_run_group_tests_name("deadlock", tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * The contract, combining awaits: functions that take awaits, awaits whose
 * value is an await, parts, many at once, and cycles.
 */
#define _GNU_SOURCE
#include "contract.h"

#include <stdio.h>
#include <unistd.h>

struct page {
	int lines;
	double weight;
};

AWAIT_TYPE(page, struct page);
AWAIT_TYPE(lazy, await_int *);

static atomic_int runs, refused;

static int setup(void **state)
{
	(void)state;
	atomic_store_explicit(&runs, 0, memory_order_relaxed);
	atomic_store_explicit(&refused, 0, memory_order_relaxed);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	record_stop();
	return 0;
}

static int fetch(struct page *out, int rc)
{
	runs++;
	*out = (struct page){ 7, 0.5 };
	return rc;
}
AWAITABLE(page, fetch, (int, rc));
AWAITABLE_PART(int, page_lines, page, lines);

/* --- cycles --- */

/* ring[i] waits for ring[i + 1], and resolves also if that wait is refused. */
static await_int *ring[64];
static pthread_barrier_t *ring_entered;

static int ring_wait(int *out, int next)
{
	int rc;

	if (ring_entered)
		pthread_barrier_wait(ring_entered);
	rc = await_wait(ring[next], NULL);
	if (rc == -EDEADLK)
		atomic_fetch_add_explicit(&refused, 1, memory_order_relaxed);
	*out = next;
	return rc == -EDEADLK ? 0 : rc;
}
AWAITABLE(int, ring_wait, (int, next));

static void make_ring(int size)
{
	atomic_store_explicit(&refused, 0, memory_order_relaxed);
	for (int i = 0; i < size; i++)
		ring[i] = awaitable(ring_wait, (i + 1) % size);
}

static void drop_ring(int size)
{
	for (int i = 0; i < size; i++)
		await_unref(ring[i]);
}

static void waiting_from_inside_its_own_body(void **state)
{
	(void)state;
	ring_entered = NULL;
	for (int size = 1; size <= 5; size++) {
		const struct await_event *cycle;
		uint64_t start, last;

		record();
		make_ring(size);
		start = await_id(ring[0]);
		last = await_id(ring[size - 1]);
		assert_int_equal(await_get(ring[0]), 1 % size);
		assert_int_equal(refused, 1);
		assert_int_equal(seen_count(AWAIT_EVENT_EXEC_BEGIN, 0), size);
		/* In the trace, A -> B is the parent of a run, B -> A this. */
		for (int i = 1; i < size; i++)
			assert_int_equal(seen(AWAIT_EVENT_EXEC_BEGIN,
					      await_id(ring[i]), 0)
						 ->event.parent,
					 await_id(ring[i - 1]));
		assert_int_equal(seen_count(AWAIT_EVENT_CYCLE, 0), 1);
		cycle = &seen(AWAIT_EVENT_CYCLE, start, 0)->event;
		if (size > 1) /* a sink's parent is another await */
			assert_int_equal(cycle->parent, last);
		assert_int_equal(cycle->owner, gettid());
		drop_ring(size);
	}
}

static void wait_cycle_across_threads(void **state)
{
	(void)state;
	for (int size = 2; size <= 64; size *= 2) {
		struct waiter waiters[64] = { 0 };
		pthread_barrier_t entered;

		pthread_barrier_init(&entered, NULL, (unsigned)size);
		ring_entered = &entered;
		record();
		make_ring(size);
		for (int i = 0; i < size; i++)
			waiters[i].aw = ring[i];
		waiters_run(waiters, size);
		assert_int_equal(refused, 1);
		assert_int_equal(seen_count(AWAIT_EVENT_CYCLE, 0), 1);
		for (int i = 0; i < size; i++) {
			assert_int_equal(waiters[i].rc, 0);
			assert_int_equal(waiters[i].value, (i + 1) % size);
		}
		drop_ring(size);
		pthread_barrier_destroy(&entered);
	}
}

/* --- awaits of awaits --- */

static void nowait_await(void **state)
{
	await_page *inner = awaitable(fetch, 0);
	await_int *lines = awaitable(page_lines, inner);
	await_lazy *outer = await_nowait(lazy, lines);

	(void)state;
	assert_int_equal(await_state(outer), AWAIT_RESOLVED);
	assert_ptr_equal(await_get(outer), lines);
	assert_int_equal(await_state(lines), AWAIT_PENDING);
	assert_int_equal(runs, 0);
	assert_int_equal(await_get(await_get(outer)), 7);
	assert_int_equal(runs, 1);
	await_unref(outer);
	await_unref(lines);
	await_unref(inner);
}

static int order[100], ordered;

/* In place of a callback on the result: doubles the last digit. */
static int transform(int *out, await_int *before, int number)
{
	int rc = before ? await_wait(before, out) : 0;

	if (!before)
		*out = 1;
	order[ordered++] = number;
	*out = *out * 2 % 10;
	return rc;
}
AWAITABLE(int, transform, (await_int *, before), (int, number));

static void callbacks_on_wait_torchrec(void **state)
{
	enum { N = 100 };
	await_int *chain[N], *late;
	int expect = 1;

	(void)state;
	ordered = 0;
	for (int i = 0; i < N; i++) {
		chain[i] = awaitable(transform, i ? chain[i - 1] : NULL, i);
		expect = expect * 2 % 10;
	}
	assert_int_equal(ordered, 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(await_get(chain[N - 1]), expect);
	assert_int_equal(ordered, N);
	for (int i = 0; i < N; i++) {
		assert_int_equal(order[i], i);
		assert_int_equal(await_attempts(chain[i]), 1);
	}
	/* A late failure is not ignored. */
	ordered = 0;
	late = awaitable(transform, chain[N - 1], N);
	assert_int_equal(await_get(late), expect * 2 % 10);
	assert_int_equal(ordered, 1);
	await_unref(late);
	for (int i = 0; i < N; i++)
		await_unref(chain[i]);
}

static void aw_k_lazygetitemmixin(void **state)
{
	await_page *page = awaitable(fetch, 0), *bad = awaitable(fetch, -EIO);
	await_int *lines = awaitable(page_lines, page);
	await_int *again = awaitable(page_lines, page);
	await_int *never = awaitable(page_lines, bad);

	(void)state;
	await_unref(page); /* the parts hold it */
	assert_int_equal(runs, 0);
	assert_int_equal(await_get(lines), 7);
	assert_int_equal(await_get(again), 7);
	assert_int_equal(runs, 1);
	assert_int_equal(await_wait(never, NULL), -EIO);
	await_unref(lines);
	await_unref(again);
	await_unref(bad);
	await_unref(never);
	assert_false(await_is_valid(page));
	assert_false(await_is_valid(bad));
}

static void torch_function_forces_all_lazy_arguments(void **state)
{
	await_page *aws[] = { awaitable(fetch, 0), awaitable(fetch, -EIO),
			      awaitable(fetch, 0), NULL,
			      awaitable(fetch, -EPIPE) };
	static const int expect[] = { 0, -EIO, 0, -EINVAL, -EPIPE };
	int errors[5];
	size_t first = 99;

	(void)state;
	assert_int_equal(await_wait_all(aws, 5, errors, &first), -EIO);
	assert_int_equal(first, 1);
	for (int i = 0; i < 5; i++)
		assert_int_equal(errors[i], expect[i]);
	assert_int_equal(runs, 4);
	assert_int_equal(await_wait_all(aws, 1, NULL, &first), 0);
	assert_int_equal(first, 1);
	assert_int_equal(await_wait_all(aws, 0, NULL, NULL), 0);
	for (int i = 0; i < 5; i++)
		await_unref(aws[i]);
}

/* An object with a method, in C. */
struct counter {
	int total;
};

static int counter_add(struct counter *counter, int n)
{
	counter->total += n;
	return counter->total;
}
AWAITABLE_VALUE(int, counter_add, (struct counter *, counter), (int, n));

/* A function chosen at run time, with its context. */
typedef int method(void *context);

static int call(method *fn, void *context)
{
	return fn(context);
}
typedef method *method_p;
AWAITABLE_VALUE(int, call, (method_p, fn), (void *, context));

static int total(void *counter)
{
	return ((struct counter *)counter)->total;
}

static void method_submodule_as_fn(void **state)
{
	struct counter counter = { 5 };
	await_int *add = awaitable(counter_add, &counter, 3);
	await_int *get = awaitable(call, total, &counter);

	(void)state;
	assert_int_equal(counter.total, 5);
	assert_int_equal(await_get(add), 8);
	assert_int_equal(counter.total, 8);
	assert_int_equal(await_get(get), 8);
	await_unref(add);
	await_unref(get);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(waiting_from_inside_its_own_body),
		TEST(wait_cycle_across_threads),
		TEST(nowait_await),
		TEST(callbacks_on_wait_torchrec),
		TEST(aw_k_lazygetitemmixin),
		TEST(torch_function_forces_all_lazy_arguments),
		TEST(method_submodule_as_fn),
	};

	alarm(120); /* a missed wake-up must not hang the suite */
	return cmocka_run_group_tests_name("composing", tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* What the callback of a sink may do, and that await_sink_remove() and
 * await_sink_sync() return only when callbacks on other threads have. */
#include "unit.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

static int leaf(int *out, int x)
{
	*out = x;
	return 0;
}
AWAITABLE(int, leaf, (int, x));

static int calls, remove_rc;

static void meddle(struct await_sink *sink, const struct await_event *event)
{
	await_int *aw = awaitable(leaf, 9);

	(void)event;
	calls++;
	remove_rc = await_get(aw) == 9 ? await_sink_remove(sink) : -1;
	await_unref(aw);
}

static void awaits_of_a_callback_emit_nothing(void **state)
{
	struct await_sink sink = {
		.event = meddle,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE),
	};
	await_int *aw;

	(void)state;
	assert_int_equal(await_sink_add(&sink), 0);
	aw = awaitable(leaf, 1);
	assert_int_equal(calls, 1);
	assert_int_equal(remove_rc, -EDEADLK);
	await_unref(aw);
	assert_int_equal(await_sink_remove(&sink), 0);
}

/* A thread stays inside a callback while another removes the sink or syncs. */
static sem_t entered, leave;
static atomic_int left_callback;

static void stay(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	(void)event;
	sem_post(&entered);
	sem_wait(&leave);
	atomic_store_explicit(&left_callback, 1, memory_order_relaxed);
}

static void *create_one(void *unused)
{
	await_unref(awaitable(leaf, 1));
	return unused;
}

static void *remove_it(void *sink)
{
	int rc = await_sink_remove(sink);
	int left = atomic_load_explicit(&left_callback, memory_order_relaxed);

	return (void *)(intptr_t)(rc == 0 && left);
}

static void *sync_it(void *unused)
{
	int rc;

	(void)unused;
	rc = await_sink_sync();
	return (void *)(intptr_t)(rc == 0 &&
				  atomic_load_explicit(&left_callback,
						       memory_order_relaxed));
}

static int sync_rc;

static void sync_inside(struct await_sink *sink,
			const struct await_event *event)
{
	(void)sink;
	(void)event;
	sync_rc = await_sink_sync();
}

static void a_sync_waits_for_callbacks(void **state)
{
	struct await_sink sink = {
		.event = stay,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE),
	}, inside = {
		.event = sync_inside,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE),
	};
	pthread_t creator, syncer;
	void *in_order;

	(void)state;
	sem_init(&entered, 0, 0);
	sem_init(&leave, 0, 0);
	atomic_store_explicit(&left_callback, 0, memory_order_relaxed);
	assert_int_equal(await_sink_sync(), 0);
	assert_int_equal(await_sink_add(&sink), 0);
	pthread_create(&creator, NULL, create_one, NULL);
	sem_wait(&entered);
	pthread_create(&syncer, NULL, sync_it, NULL);
	usleep(20000); /* one that does not wait would be over by now */
	sem_post(&leave);
	pthread_join(syncer, &in_order);
	pthread_join(creator, NULL);
	assert_int_equal(await_sink_remove(&sink), 0);
	assert_non_null(in_order);
	assert_int_equal(await_sink_add(&inside), 0);
	await_unref(awaitable(leaf, 1));
	assert_int_equal(await_sink_remove(&inside), 0);
	assert_int_equal(sync_rc, -EDEADLK);
}

static void removal_waits_for_callbacks(void **state)
{
	struct await_sink sink = {
		.event = stay,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE),
	};
	pthread_t creator, remover;
	void *in_order;

	(void)state;
	sem_init(&entered, 0, 0);
	sem_init(&leave, 0, 0);
	assert_int_equal(await_sink_add(&sink), 0);
	pthread_create(&creator, NULL, create_one, NULL);
	sem_wait(&entered);
	pthread_create(&remover, NULL, remove_it, &sink);
	while (atomic_load_explicit(&await_armed, memory_order_relaxed) != 0)
		sched_yield();
	usleep(20000); /* a removal that does not wait would be over by now */
	sem_post(&leave);
	pthread_join(remover, &in_order);
	pthread_join(creator, NULL);
	assert_non_null(in_order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(awaits_of_a_callback_emit_nothing),
		cmocka_unit_test(removal_waits_for_callbacks),
		cmocka_unit_test(a_sync_waits_for_callbacks),
	};

	alarm(120);
	return cmocka_run_group_tests_name("sink_callbacks", tests, NULL, NULL);
}

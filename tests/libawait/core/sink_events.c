/* SPDX-License-Identifier: MIT */
/* The seam: what a sink is told, in which order, and what it costs others. */
#define _GNU_SOURCE
#include "unit.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <unistd.h>

#define LOG_MAX 64

AWAIT_TYPE(int, int);

static struct await_event seen[LOG_MAX];
static int seen_count;

static void record(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	if (seen_count < LOG_MAX)
		seen[seen_count] = *event;
	seen_count++;
}

static struct await_sink recorder = {
	.event = record,
	.events = AWAIT_EVENTS_ALL,
};

static int failures_left;

static int leaf(int *out, int x)
{
	*out = x;
	return failures_left-- > 0 ? -EIO : 0;
}
AWAITABLE(int, leaf, (int, x));

static int nest(int *out, int x)
{
	await_int *aw = awaitable(leaf, x);
	int rc = await_wait(aw, out);

	await_unref(aw);
	return rc;
}
AWAITABLE(int, nest, (int, x));

static int setup(void **state)
{
	(void)state;
	seen_count = failures_left = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	await_sink_remove(&recorder);
	return 0;
}

static void assert_event(int i, enum await_event_type type, uint64_t id,
			 uint64_t parent)
{
	assert_true(i < seen_count);
	assert_int_equal(seen[i].type, type);
	assert_int_equal(seen[i].id, id);
	assert_int_equal(seen[i].parent, parent);
}

static void a_plain_process_is_not_armed(void **state)
{
	(void)state;
	assert_int_equal(
		atomic_load_explicit(&await_armed, memory_order_relaxed), 0);
}

static void every_event_of_a_life(void **state)
{
	await_int *aw;
	uint64_t id;

	(void)state;
	assert_int_equal(await_sink_add(&recorder), 0);
	aw = awaitable(leaf, 7);
	id = await_id(aw);
	failures_left = 1;
	assert_int_equal(await_wait(aw, NULL), -EIO);
	assert_int_equal(await_get(aw), 7);
	assert_int_equal(await_get(aw), 7);
	await_unref(aw);
	assert_int_equal(await_sink_remove(&recorder), 0);

	assert_int_equal(seen_count, 7);
	assert_event(0, AWAIT_EVENT_CREATE, id, 0);
	assert_int_equal(seen[0].state, AWAIT_PENDING);
	assert_string_equal(seen[0].site->func->name, "leaf");
	assert_event(1, AWAIT_EVENT_EXEC_BEGIN, id, 0);
	assert_int_equal(seen[1].attempt, 1);
	assert_event(2, AWAIT_EVENT_EXEC_END, id, 0);
	assert_int_equal(seen[2].state, AWAIT_FAILED);
	assert_int_equal(seen[2].error, -EIO);
	assert_event(3, AWAIT_EVENT_EXEC_BEGIN, id, 0);
	assert_int_equal(seen[3].attempt, 2);
	assert_event(4, AWAIT_EVENT_EXEC_END, id, 0);
	assert_int_equal(seen[4].state, AWAIT_RESOLVED);
	assert_true(seen[4].latency_ns > 0);
	assert_event(5, AWAIT_EVENT_HIT, id, 0);
	assert_event(6, AWAIT_EVENT_DESTROY, id, 0);
	assert_int_equal(seen[6].state, AWAIT_RESOLVED);
	for (int i = 0; i < seen_count; i++)
		assert_non_null(seen[i].addr);
	assert_ptr_equal(seen[1].addr, seen[2].addr);
	assert_ptr_not_equal(seen[1].addr, seen[3].addr);
}

/* Each does one thing last: what a compiler likes to make a jump of. */
#define APART __attribute__((noinline))

APART static await_int *last_create(void)
{
	return awaitable(leaf, 1);
}

APART static await_int *last_nowait(void)
{
	return await_nowait(int, 1);
}

APART static await_int *last_promise(void)
{
	return await_promise(int);
}

APART static int last_wait(await_int *aw)
{
	return await_wait(aw, NULL);
}

APART static int last_wait_until(await_int *aw)
{
	return await_wait_until(aw, NULL, NULL);
}

APART static int last_wait_all(await_int **aw)
{
	return await_wait_all(aw, 1, NULL, NULL);
}

APART static void last_resolve(await_int *aw)
{
	await_resolve(aw, 1);
}

APART static void last_reject(await_int *aw)
{
	await_reject(aw, -EIO);
}

APART static int last_cancel(await_int *aw)
{
	return await_cancel(aw);
}

APART static void last_unref(await_int *aw)
{
	await_unref(aw);
}

#define START(function) (uintptr_t)(function)

/* The function of those above that addr lies in. */
static uintptr_t start_of(const void *addr)
{
	const uintptr_t starts[] = {
		START(last_create),	START(last_nowait),
		START(last_promise),	START(last_wait),
		START(last_wait_until), START(last_wait_all),
		START(last_resolve),	START(last_reject),
		START(last_cancel),	START(last_unref),
	};
	uintptr_t best = 0;

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (starts[i] <= (uintptr_t)addr && starts[i] > best)
			best = starts[i];
	return (uintptr_t)addr - best < 1024 ? best : 0;
}

/* The newest event is of that type and was called for by that function. */
#define ASSERT_CALLED_BY(event, function)                                      \
	do {                                                                   \
		assert_int_equal(seen[seen_count - 1].type, event);            \
		assert_int_equal(start_of(seen[seen_count - 1].addr),          \
				 START(function));                             \
	} while (0)

static void a_last_call_is_its_functions_own(void **state)
{
	await_int *aw;

	(void)state;
	assert_int_equal(await_sink_add(&recorder), 0);
	aw = last_create();
	ASSERT_CALLED_BY(AWAIT_EVENT_CREATE, last_create);
	last_wait(aw);
	ASSERT_CALLED_BY(AWAIT_EVENT_EXEC_END, last_wait);
	last_wait(aw);
	ASSERT_CALLED_BY(AWAIT_EVENT_HIT, last_wait);
	last_wait_until(aw);
	ASSERT_CALLED_BY(AWAIT_EVENT_HIT, last_wait_until);
	last_wait_all(&aw);
	ASSERT_CALLED_BY(AWAIT_EVENT_HIT, last_wait_all);
	last_unref(aw);
	ASSERT_CALLED_BY(AWAIT_EVENT_DESTROY, last_unref);
	aw = last_nowait();
	ASSERT_CALLED_BY(AWAIT_EVENT_CREATE, last_nowait);
	await_unref(aw);
	aw = last_promise();
	ASSERT_CALLED_BY(AWAIT_EVENT_CREATE, last_promise);
	last_resolve(aw);
	ASSERT_CALLED_BY(AWAIT_EVENT_RESOLVE, last_resolve);
	await_unref(aw);
	aw = await_promise(int);
	last_reject(aw);
	ASSERT_CALLED_BY(AWAIT_EVENT_RESOLVE, last_reject);
	await_unref(aw);
	aw = awaitable(leaf, 1);
	last_cancel(aw);
	ASSERT_CALLED_BY(AWAIT_EVENT_CANCEL, last_cancel);
	await_unref(aw);
}

static void nested_awaits_name_their_parent(void **state)
{
	await_int *aw;
	uint64_t outer, inner;

	(void)state;
	assert_int_equal(await_sink_add(&recorder), 0);
	aw = awaitable(nest, 7);
	outer = await_id(aw);
	assert_int_equal(await_get(aw), 7);
	await_unref(aw);

	assert_int_equal(seen_count, 8);
	inner = seen[2].id;
	assert_event(0, AWAIT_EVENT_CREATE, outer, 0);
	assert_event(1, AWAIT_EVENT_EXEC_BEGIN, outer, 0);
	assert_event(2, AWAIT_EVENT_CREATE, inner, outer);
	assert_event(3, AWAIT_EVENT_EXEC_BEGIN, inner, outer);
	assert_event(4, AWAIT_EVENT_EXEC_END, inner, outer);
	assert_event(5, AWAIT_EVENT_DESTROY, inner, outer);
	assert_event(6, AWAIT_EVENT_EXEC_END, outer, 0);
	assert_event(7, AWAIT_EVENT_DESTROY, outer, 0);
}

static int listen_from_here(int *out, int x)
{
	*out = x;
	return await_sink_add(&recorder);
}
AWAITABLE(int, listen_from_here, (int, x));

/* Garbage where the next call will have its locals. */
__attribute__((noinline)) static void spoil_stack(void)
{
	char below[4096];

	memset(below, 0x5a, sizeof(below));
	__asm__ volatile("" : : "r"(below) : "memory");
}

static void a_run_that_began_unheard_ends_heard(void **state)
{
	await_int *aw = awaitable(listen_from_here, 7);
	int value, rc;

	(void)state;
	spoil_stack();
	rc = await_wait(aw, &value);
	await_sink_remove(&recorder);
	assert_int_equal(rc, 0);
	assert_int_equal(value, 7);
	assert_int_equal(seen_count, 1);
	assert_event(0, AWAIT_EVENT_EXEC_END, await_id(aw), 0);
	assert_int_equal(seen[0].state, AWAIT_RESOLVED);
	assert_int_equal(seen[0].latency_ns, 0);
	await_unref(aw);
}

static void hits_of_awaits_made_before_are_seen(void **state)
{
	await_int *resolved = awaitable(leaf, 1), *pending = awaitable(leaf, 2);
	await_int *now = await_nowait(int, 3);

	(void)state;
	assert_int_equal(await_get(resolved), 1);
	assert_int_equal(await_sink_add(&recorder), 0);
	assert_int_equal(await_get(resolved), 1);
	assert_event(0, AWAIT_EVENT_HIT, await_id(resolved), 0);
	assert_int_equal(await_get(pending), 2);
	assert_int_equal(await_get(pending), 2);
	assert_event(3, AWAIT_EVENT_HIT, await_id(pending), 0);
	assert_int_equal(await_get(now), 3);
	assert_event(4, AWAIT_EVENT_HIT, await_id(now), 0);
	assert_int_equal(await_sink_remove(&recorder), 0);
	assert_int_equal(await_get(resolved), 1);
	assert_int_equal(seen_count, 5);
	/* Hits are one compare again. */
	assert_int_equal(atomic_load_explicit(&resolved->head.state,
					      memory_order_relaxed),
			 AWAIT_RESOLVED);
	await_unref(resolved);
	await_unref(pending);
	await_unref(now);
}

static void a_wait_that_takes_it_for_another_is_no_hit(void **state)
{
	(void)state;
	assert_int_equal(await_sink_add(&recorder), 0);
	await_int *aw = await_nowait(int, 7);
	const uint32_t other = AWAIT_LAYOUT(sizeof(int), AWAIT_KIND_FLOAT);

	seen_count = 0;
	assert_int_equal(await_core_wait((struct await *)aw, other),
			 -EPROTOTYPE);
	assert_int_equal(seen_count, 0);
	assert_int_equal(await_get(aw), 7);
	assert_event(0, AWAIT_EVENT_HIT, await_id(aw), 0);
	await_unref(aw);
}

static void a_sink_gets_what_it_asked_for(void **state)
{
	struct await_sink creations = {
		.event = record,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE),
	};
	await_int *aw;

	(void)state;
	assert_int_equal(await_sink_add(&creations), 0);
	aw = awaitable(leaf, 1);
	assert_int_equal(await_get(aw) + await_get(aw), 2);
	await_unref(aw);
	assert_int_equal(seen_count, 1);
	assert_int_equal(await_sink_remove(&creations), 0);
}

static void misuse_has_names(void **state)
{
	struct await_sink bad = { .event = NULL };
	struct await_sink many[9];
	int rc = 0, added = 0;

	(void)state;
	assert_int_equal(await_sink_add(NULL), -EINVAL);
	assert_int_equal(await_sink_add(&bad), -EINVAL);
	bad = (struct await_sink){ .event = record, .events = 1u << 31 };
	assert_int_equal(await_sink_add(&bad), -EINVAL);
	assert_int_equal(await_sink_remove(&bad), -ENOENT);
	assert_int_equal(await_sink_remove(NULL), -ENOENT);
	assert_int_equal(await_sink_add(&recorder), 0);
	assert_int_equal(await_sink_add(&recorder), -EALREADY);
	assert_int_equal(await_sink_remove(&recorder), 0);
	assert_int_equal(await_sink_remove(&recorder), -ENOENT);
	for (int i = 0; i < 9 && rc == 0; i++, added += rc == 0) {
		many[i] = (struct await_sink){ .event = record };
		rc = await_sink_add(&many[i]);
	}
	assert_int_equal(added, 8);
	assert_int_equal(rc, -ENOSPC);
	for (int i = 0; i < 8; i++)
		assert_int_equal(await_sink_remove(&many[i]), 0);
}

static int remove_rc;
static void meddle(struct await_sink *sink, const struct await_event *event)
{
	await_int *aw = awaitable(leaf, 9);

	(void)event;
	seen_count++;
	remove_rc = await_get(aw) == 9 ? await_sink_remove(sink) : -1;
	await_unref(aw);
}

static void a_callback_may_use_awaits_unseen(void **state)
{
	struct await_sink sink = {
		.event = meddle,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE),
	};
	await_int *aw;

	(void)state;
	assert_int_equal(await_sink_add(&sink), 0);
	aw = awaitable(leaf, 1);
	assert_int_equal(seen_count, 1);
	assert_int_equal(remove_rc, -EDEADLK);
	await_unref(aw);
	assert_int_equal(await_sink_remove(&sink), 0);
}

/* A thread is held inside a callback while another removes the sink. */
static sem_t held, let_go;
static atomic_int left_callback;

static void hold(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	(void)event;
	sem_post(&held);
	sem_wait(&let_go);
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
		.event = hold,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE),
	}, inside = {
		.event = sync_inside,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE),
	};
	pthread_t creator, syncer;
	void *in_order;

	(void)state;
	sem_init(&held, 0, 0);
	sem_init(&let_go, 0, 0);
	atomic_store_explicit(&left_callback, 0, memory_order_relaxed);
	assert_int_equal(await_sink_sync(), 0);
	assert_int_equal(await_sink_add(&sink), 0);
	pthread_create(&creator, NULL, create_one, NULL);
	sem_wait(&held);
	pthread_create(&syncer, NULL, sync_it, NULL);
	usleep(20000); /* one that does not wait would be over by now */
	sem_post(&let_go);
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
		.event = hold,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE),
	};
	pthread_t creator, remover;
	void *in_order;

	(void)state;
	sem_init(&held, 0, 0);
	sem_init(&let_go, 0, 0);
	assert_int_equal(await_sink_add(&sink), 0);
	pthread_create(&creator, NULL, create_one, NULL);
	sem_wait(&held);
	pthread_create(&remover, NULL, remove_it, &sink);
	while (atomic_load_explicit(&await_armed, memory_order_relaxed) != 0)
		sched_yield();
	usleep(20000); /* a removal that does not wait would be over by now */
	sem_post(&let_go);
	pthread_join(remover, &in_order);
	pthread_join(creator, NULL);
	assert_non_null(in_order);
}

/* Threads hit while a sink comes and goes: what is hit between arming and
 * disarming is seen, and nobody is called after removal. */
static atomic_int hits_seen, window, missed, late, stop;
static _Atomic(uint64_t) hits_in_window;

static void count_hit(struct await_sink *sink, const struct await_event *event)
{
	(void)event;
	atomic_fetch_add_explicit(&hits_seen, 1, memory_order_relaxed);
	if (!sink->data)
		atomic_fetch_add_explicit(&late, 1, memory_order_relaxed);
}

static void *hitter(void *data)
{
	await_int *aw = data, *mine;

	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		int open = atomic_load_explicit(&window, memory_order_acquire);
		int before =
			atomic_load_explicit(&hits_seen, memory_order_relaxed);

		mine = await_nowait(int, 1);
		await_wait(aw, NULL);
		await_wait(mine, NULL);
		await_unref(mine);
		if (open == 0 ||
		    open != atomic_load_explicit(&window, memory_order_acquire))
			continue;
		/* Two hits of ours at least came in between. */
		if (atomic_load_explicit(&hits_seen, memory_order_relaxed) -
			    before <
		    2)
			atomic_fetch_add_explicit(&missed, 1,
						  memory_order_relaxed);
		atomic_fetch_add_explicit(&hits_in_window, 1,
					  memory_order_relaxed);
	}
	return NULL;
}

static void no_hit_is_missed_while_armed(void **state)
{
	struct await_sink sink = {
		.event = count_hit,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_HIT),
	};
	await_int *aw = awaitable(leaf, 1);
	pthread_t threads[3];

	(void)state;
	assert_int_equal(await_get(aw), 1);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, hitter, aw);
	for (int round = 1; round <= 200; round++) {
		sink.data = &sink;
		assert_int_equal(await_sink_add(&sink), 0);
		atomic_store_explicit(&window, round, memory_order_release);
		sched_yield();
		atomic_store_explicit(&window, 0, memory_order_release);
		assert_int_equal(await_sink_remove(&sink), 0);
		sink.data = NULL;
	}
	/* One window long enough that hits fall into it for certain. */
	sink.data = &sink;
	assert_int_equal(await_sink_add(&sink), 0);
	atomic_store_explicit(&window, 1000, memory_order_release);
	while (atomic_load_explicit(&hits_in_window, memory_order_relaxed) <
	       1000)
		sched_yield();
	atomic_store_explicit(&window, 0, memory_order_release);
	assert_int_equal(await_sink_remove(&sink), 0);
	atomic_store_explicit(&stop, 1, memory_order_relaxed);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(missed, 0);
	assert_int_equal(late, 0);
	await_unref(aw);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_plain_process_is_not_armed),
		TEST(every_event_of_a_life),
		TEST(a_last_call_is_its_functions_own),
		TEST(nested_awaits_name_their_parent),
		TEST(a_run_that_began_unheard_ends_heard),
		TEST(hits_of_awaits_made_before_are_seen),
		TEST(a_wait_that_takes_it_for_another_is_no_hit),
		TEST(a_sink_gets_what_it_asked_for),
		TEST(misuse_has_names),
		TEST(a_callback_may_use_awaits_unseen),
		TEST(removal_waits_for_callbacks),
		TEST(a_sync_waits_for_callbacks),
		TEST(no_hit_is_missed_while_armed),
	};

	alarm(120);
	return cmocka_run_group_tests_name("sink_events", tests, NULL, NULL);
}

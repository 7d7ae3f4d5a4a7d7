/* SPDX-License-Identifier: MIT */
/* What each window of a session has, and which fields its events have. */
#define _GNU_SOURCE
#include "session-window.h"

#include "libawait-test/records/given_names.h"

#include <await/inspect.h>

#include <pthread.h>
#include <unistd.h>

static int nest(int *out, int x)
{
	await_int *aw = awaitable(twice, x);
	int rc = await_wait(aw, out);

	await_unref(aw);
	return rc;
}
AWAITABLE(int, nest, (int, x));

static void each_window_has_its_own(void **state)
{
	(void)state;
	for (int awaits = 0; awaits < 6; awaits++) {
		const struct await_trace *trace;
		const struct record *last;

		begin();
		use(awaits);
		trace = end();
		assert_int_equal(trace->count, 5 * awaits);
		assert_int_equal(trace->lost, 0);
		for (int type = 0; type < AWAIT_EVENT_COUNT; type++)
			assert_int_equal(
				count(trace, type),
				type == AWAIT_EVENT_CREATE ||
						type == AWAIT_EVENT_EXEC_BEGIN ||
						type == AWAIT_EVENT_EXEC_END ||
						type == AWAIT_EVENT_HIT ||
						type == AWAIT_EVENT_DESTROY ?
					awaits :
					0);
		for (size_t i = 1; i < trace->count; i++)
			assert_true(trace->records[i - 1].time_ns <=
				    trace->records[i].time_ns);
		if (awaits) {
			last = &trace->records[trace->count - 1];
			assert_int_equal(last->type, AWAIT_EVENT_DESTROY);
		}
		await_trace_free(trace);
		use(3); /* between the windows */
	}
}

static void fields(void **state)
{
	const struct await_trace *trace;
	const struct record *create, *run, *done, *hit, *gone;
	await_int *aw;
	uint64_t id;

	(void)state;
	begin();
	aw = make_here(-1);
	id = await_id(aw);
	assert_int_equal(await_wait(aw, NULL), -EDOM);
	await_unref(aw);
	aw = await_nowait(int, 7);
	assert_int_equal(await_get(aw), 7);
	trace = end();
	await_unref(aw);
	assert_int_equal(trace->count, 6);
	create = &trace->records[0];
	run = only(trace, AWAIT_EVENT_EXEC_BEGIN);
	done = only(trace, AWAIT_EVENT_EXEC_END);
	gone = only(trace, AWAIT_EVENT_DESTROY);
	hit = only(trace, AWAIT_EVENT_HIT);
	assert_int_equal(create->type, AWAIT_EVENT_CREATE);
	assert_true(create->id == id && run->id == id && done->id == id);
	assert_true(gone->id == id && hit->id != id);
	assert_int_equal(create->state, AWAIT_PENDING);
	assert_int_equal(trace->records[4].state, AWAIT_RESOLVED);
	assert_int_equal(run->state, AWAIT_RUNNING);
	assert_int_equal(done->state, AWAIT_FAILED);
	assert_int_equal(gone->state, AWAIT_FAILED);
	assert_int_equal(done->error, -EDOM);
	assert_int_equal(run->attempt, 1);
	assert_int_equal(done->attempt, 1);
	assert_true(done->latency_ns > 0 &&
		    done->latency_ns <= done->time_ns - run->time_ns);
	for (size_t i = 0; i < trace->count; i++)
		assert_int_equal(trace->records[i].thread, gettid());
	assert_string_equal(create->site->func->name, "twice");
	assert_string_equal(create->site->func->type->name, "int");
	assert_non_null(strstr(create->site->file, "session-window.h"));
	assert_true(create->site->line > 0);
	assert_ptr_equal(create->site, gone->site);
	assert_string_equal(hit->site->func->name, "nowait");
	assert_int_equal(hit->site->func->origin, AWAIT_NOWAIT);
	await_trace_free(trace);
}

/* A run inside another: begins and ends in it, and its await dies in it. */
static void nesting(void **state)
{
	const struct await_trace *trace;
	await_int *aw;
	uint64_t id;

	(void)state;
	begin();
	aw = awaitable(nest, 4);
	id = await_id(aw);
	assert_int_equal(await_get(aw), 8);
	await_unref(aw);
	trace = end();
	assert_int_equal(trace->count, 8);
	for (size_t i = 0; i < trace->count; i++) {
		const struct record *record = &trace->records[i];

		assert_true(record->parent == (record->id == id ? 0 : id));
	}
	await_trace_free(trace);
}

static void older_awaits(void **state)
{
	await_int *before = *state, *seen;
	const struct await_trace *trace;
	const struct record *record;

	begin();
	seen = make_here(1);
	await_trace_free(end());
	begin();
	assert_int_equal(await_get(before), 10);
	await_unref(before);
	trace = end();
	assert_int_equal(trace->count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(trace->records[i].site->func->name,
				    "twice");
	}
	await_trace_free(trace);
	begin();
	assert_int_equal(await_get(seen), 2);
	await_unref(seen);
	trace = end();
	record = only(trace, AWAIT_EVENT_DESTROY);
	assert_non_null(record->site->file);
	await_trace_free(trace);
}

static int make_before(void **state)
{
	*state = make_here(5);
	return 0;
}

static void *use_one(void *tid)
{
	*(pid_t *)tid = gettid();
	use(1);
	return NULL;
}

static void threads(void **state)
{
	const struct await_trace *trace;
	pthread_t thread;
	pid_t tid = 0;

	(void)state;
	begin();
	pthread_create(&thread, NULL, use_one, &tid);
	pthread_join(thread, NULL);
	trace = end();
	assert_int_equal(trace->count, 5);
	assert_int_not_equal(tid, gettid());
	for (size_t i = 0; i < trace->count; i++)
		assert_int_equal(trace->records[i].thread, tid);
	await_trace_free(trace);
}

static void from_outside(void **state)
{
	const struct await_trace *trace;
	await_int *kept, *broken, *given_up;

	(void)state;
	begin();
	kept = await_promise(int);
	broken = await_promise(int);
	given_up = awaitable(twice, 1);
	await_resolve(kept, 3);
	await_reject(broken, -EPIPE);
	await_cancel(given_up);
	trace = end();
	await_unref(kept);
	await_unref(broken);
	await_unref(given_up);
	assert_int_equal(trace->count, 6);
	assert_int_equal(trace->records[0].state, AWAIT_PENDING);
	assert_int_equal(trace->records[3].type, AWAIT_EVENT_RESOLVE);
	assert_int_equal(trace->records[3].state, AWAIT_RESOLVED);
	assert_int_equal(trace->records[3].error, 0);
	assert_int_equal(trace->records[4].type, AWAIT_EVENT_RESOLVE);
	assert_int_equal(trace->records[4].state, AWAIT_FAILED);
	assert_int_equal(trace->records[4].error, -EPIPE);
	assert_int_equal(trace->records[5].type, AWAIT_EVENT_CANCEL);
	assert_int_equal(trace->records[5].state, AWAIT_CANCELLED);
	await_trace_free(trace);
}

static void how_waits_ended(void **state)
{
	await_int *broken = await_promise(int);
	const struct await_trace *trace;
	const struct record *record;

	(void)state;
	await_reject(broken, -EPIPE);
	begin();
	await_wait(broken, NULL);
	trace = end();
	await_unref(broken);
	record = only(trace, AWAIT_EVENT_WAIT_END);
	assert_int_equal(record->state, AWAIT_FAILED);
	assert_int_equal(record->error, -EPIPE);
	assert_int_equal(record->parent, 0);
	await_trace_free(trace);
}

AWAIT_STATIC(held, twice, 2);

static int call_here(void *pool, void (*job)(void *), void *argument)
{
	(void)pool;
	job(argument);
	return 0;
}

static void names_and_sources(void **state)
{
	await_int *before = awaitable(twice, 1), *waited = awaitable(twice, 2);
	const struct await_trace *trace;
	const struct record *record;

	(void)state;
	await_name(before, "caf\xc3\xa9 \"1\"");
	begin();
	await_start(before, call_here, NULL);
	await_get(waited);
	await_name(waited, "waited");
	await_get(held());
	trace = end();
	assert_string_equal(given_names_find(trace->names, await_id(before)),
			    "caf\xc3\xa9 \"1\"");
	assert_string_equal(given_names_find(trace->names, await_id(waited)),
			    "waited");
	record = only(trace, AWAIT_EVENT_NAME);
	assert_int_equal(record->id, await_id(waited));
	assert_int_equal(record->state, AWAIT_RESOLVED);
	assert_int_equal(only(trace, AWAIT_EVENT_START)->id, await_id(before));
	for (size_t i = 0; i < trace->count; i++) {
		record = &trace->records[i];
		if (record->type == AWAIT_EVENT_EXEC_BEGIN)
			assert_int_equal(record->source,
					 record->id == await_id(before));
		assert_int_equal(record->site->held_at != 0,
				 record->id == await_id(held()));
		assert_int_equal(record->site->func->origin, AWAIT_LAZY);
	}
	await_trace_free(trace);
	await_unref(before);
	await_unref(waited);
	await_static_reset(held);
}

static AWAIT_ATOMIC(pid_t) blocked;

/* The tracer's sink was added earlier, so it has recorded the event by now.
 * Release: the event is recorded; partner: blocking(). */
static void note_block(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	(void)event;
	atomic_store_explicit(&blocked, gettid(), memory_order_release);
}

static void *wait_there(void *promise)
{
	await_wait((await_int *)promise, NULL);
	return NULL;
}

static void blocking(void **state)
{
	static struct await_sink sink = {
		.event = note_block,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_BLOCK_BEGIN),
	};
	await_int *promise = await_promise(int);
	const struct await_trace *trace;
	const struct record *sleeping, *awake;
	pthread_t thread;
	pid_t tid;

	(void)state;
	begin();
	assert_int_equal(await_sink_add(&sink), 0);
	pthread_create(&thread, NULL, wait_there, promise);
	/* Acquire: partner: note_block(). */
	while (!(tid = atomic_load_explicit(&blocked, memory_order_acquire)))
		sched_yield();
	await_resolve(promise, 6);
	pthread_join(thread, NULL);
	trace = end();
	await_unref(promise);
	sleeping = only(trace, AWAIT_EVENT_BLOCK_BEGIN);
	awake = only(trace, AWAIT_EVENT_BLOCK_END);
	assert_int_equal(await_sink_remove(&sink), 0);
	assert_true(sleeping < only(trace, AWAIT_EVENT_RESOLVE));
	assert_true(only(trace, AWAIT_EVENT_RESOLVE) < awake);
	assert_int_equal(sleeping->thread, tid);
	assert_int_equal(awake->thread, tid);
	assert_int_equal(awake->state, AWAIT_RESOLVED);
	assert_true(awake < only(trace, AWAIT_EVENT_WAIT_END));
	assert_int_equal(only(trace, AWAIT_EVENT_WAIT_END)->thread, tid);
	assert_int_equal(only(trace, AWAIT_EVENT_WAIT_END)->error, 0);
	await_trace_free(trace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_window_has_its_own),
		cmocka_unit_test(fields),
		cmocka_unit_test(nesting),
		cmocka_unit_test_setup(older_awaits, make_before),
		cmocka_unit_test(from_outside),
		cmocka_unit_test(how_waits_ended),
		cmocka_unit_test(names_and_sources),
		cmocka_unit_test(blocking),
		cmocka_unit_test(threads),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}

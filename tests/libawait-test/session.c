/* SPDX-License-Identifier: MIT */
/*
 * Sessions of LTTng within one process, with the real daemon: what is in each
 * window, and what names libdw finds. Looks at the records themselves. Run
 * under tests/private-lttng, linked to the tracer.
 */
#define _GNU_SOURCE
#include "testing.h"

#include "libawait-test/records/functions.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

static int twice(int *out, int x)
{
	*out = 2 * x;
	return x < 0 ? -EDOM : 0;
}
AWAITABLE(int, twice, (int, x));

static int nest(int *out, int x)
{
	await_int *aw = awaitable(twice, x);
	int rc = await_wait(aw, out);

	await_unref(aw);
	return rc;
}
AWAITABLE(int, nest, (int, x));

/* Kept apart from their callers, so that each is a frame of its own. */
__attribute__((noinline)) static await_int *make_here(int x)
{
	await_int *aw = awaitable(twice, x);

	__asm__ volatile("" ::: "memory");
	return aw;
}

static inline __attribute__((always_inline)) await_int *make_inlined(int x)
{
	return awaitable(twice, x);
}

__attribute__((noinline)) static await_int *make_outside(int x)
{
	await_int *aw = make_inlined(x);

	__asm__ volatile("" ::: "memory");
	return aw;
}

static void begin(void)
{
	int rc = await_session_begin();

	if (rc)
		print_error("begin: %s\n", await_trace_error());
	assert_int_equal(rc, 0);
}

static const struct await_trace *end(void)
{
	const struct await_trace *trace = await_session_end();

	if (!trace)
		print_error("end: %s\n", await_trace_error());
	assert_non_null(trace);
	return trace;
}

static size_t count(const struct await_trace *trace, int type)
{
	size_t found = 0;

	for (size_t i = 0; i < trace->count; i++)
		found += trace->records[i].type == type;
	return found;
}

/* The only event of its type. */
static const struct record *only(const struct await_trace *trace, int type)
{
	const struct record *found = NULL;

	assert_int_equal(count(trace, type), 1);
	for (size_t i = 0; i < trace->count; i++)
		if (trace->records[i].type == type)
			found = &trace->records[i];
	return found;
}

static void use(int awaits)
{
	for (int i = 0; i < awaits; i++) {
		await_int *aw = make_here(i);

		assert_int_equal(await_get(aw), 2 * i);
		assert_int_equal(await_get(aw), 2 * i);
		await_unref(aw);
	}
}

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
		last = &trace->records[trace->count - 1];
		if (awaits)
			assert_int_equal(last->type, AWAIT_EVENT_DESTROY);
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
	assert_non_null(strstr(create->site->file, "session.c"));
	assert_true(create->site->line > 0);
	assert_ptr_equal(create->site, gone->site);
	assert_string_equal(hit->site->func->name, "nowait");
	assert_int_equal(hit->site->func->origin, AWAIT_NOWAIT);
	await_trace_free(trace);
}

/* The run inside the other's: begins, ends and dies in it. */
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

static AWAIT_ATOMIC(pid_t) blocked;

/* The tracer was there before: it knows by now. Release: partner: blocking().
 */
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
	await_trace_free(trace);
}

/* Whether a frame of the only creation's stack lies in that function. */
static bool stack_has(const struct await_trace *trace, const char *name)
{
	const struct record *create = only(trace, AWAIT_EVENT_CREATE);
	const uint64_t *stack = trace->stacks + create->stack;
	bool found = false;

	assert_int_not_equal(create->stack, 0);
	for (size_t i = 0; i < stack[-1]; i++)
		found |= functions_has(trace, create->time_ns, stack[i] - 1,
				       name);
	return found;
}

/* A session records those of creations only, as awaitctl does. */
static void stacks_of_creations(void **state)
{
	const struct await_trace *trace;
	await_int *aw;

	(void)state;
	begin();
	aw = make_here(1);
	assert_int_equal(await_get(aw), 2);
	assert_int_equal(await_get(aw), 2);
	await_unref(aw);
	trace = end();
	assert_int_equal(trace->count, 5);
	for (size_t i = 0; i < trace->count; i++)
		assert_int_equal(trace->records[i].stack != 0,
				 trace->records[i].type == AWAIT_EVENT_CREATE);
	await_trace_free(trace);
}

static void names(void **state)
{
	const struct await_trace *trace;
	const struct record *create;
	struct await_trace here = { .functions = functions_of_process() };
	const char *line;
	char expected[64];

	(void)state;
	begin();
	await_unref(make_here(1));
	trace = end();
	create = only(trace, AWAIT_EVENT_CREATE);
	assert_string_equal(
		functions_name(trace, create->time_ns, create->addr),
		"make_here");
	assert_true(stack_has(trace, "make_here"));
	assert_true(stack_has(trace, "names"));
	assert_true(stack_has(trace, "main"));
	assert_false(stack_has(trace, "twice"));
	assert_int_equal(trace->stacks[create->stack], create->addr + 1);
	line = functions_line(trace, create->time_ns, create->addr);
	snprintf(expected, sizeof(expected), "session.c:%u",
		 create->site->line);
	assert_non_null(strstr(line, expected));
	/* This process, asked itself, says the same. */
	assert_string_equal(functions_name(&here, 0, create->addr),
			    "make_here");
	assert_string_equal(functions_line(&here, 0, create->addr), line);
	assert_ptr_equal(functions_name(&here, 0, create->addr),
			 functions_name(&here, 0, create->addr));
	await_trace_free(trace);
}

static void inlined_names(void **state)
{
	const struct await_trace *trace;
	const struct record *create;

	(void)state;
	begin();
	await_unref(make_outside(1));
	trace = end();
	create = only(trace, AWAIT_EVENT_CREATE);
	assert_string_equal(
		functions_name(trace, create->time_ns, create->addr),
		"make_inlined");
	assert_true(functions_has(trace, create->time_ns, create->addr,
				  "make_inlined"));
	assert_true(functions_has(trace, create->time_ns, create->addr,
				  "make_outside"));
	assert_false(functions_has(trace, create->time_ns, create->addr,
				   "make_here"));
	await_trace_free(trace);
}

static void no_names(void **state)
{
	struct await_trace here = { .functions = functions_of_process() };
	struct await_trace nowhere = { 0 };

	(void)state;
	assert_null(functions_name(&here, 0, 16));
	assert_null(functions_line(&here, 0, 16));
	assert_null(functions_name(&nowhere, 0, (uintptr_t)no_names));
	functions_free(here.functions);
	assert_string_equal(functions_name(&here, 0, (uintptr_t)no_names),
			    "no_names");
}

/* A library without debug information, not there at the first question. */
static void loaded_later(void **state)
{
	struct await_trace here = { .functions = functions_of_process() };
	void *library, *function;

	(void)state;
	assert_non_null(functions_name(&here, 0, (uintptr_t)names));
	library = dlopen(LATE, RTLD_NOW);
	assert_non_null(library);
	function = dlsym(library, "late");
	assert_non_null(function);
	assert_string_equal(functions_name(&here, 0, (uintptr_t)function),
			    "late");
	assert_null(functions_line(&here, 0, (uintptr_t)function));
	dlclose(library);
}

static void wrong_order(void **state)
{
	(void)state;
	assert_null(await_session_end());
	assert_non_null(strstr(await_trace_error(), "no session records"));
	begin();
	assert_string_equal(await_trace_error(), "");
	assert_int_equal(await_session_begin(), -EALREADY);
	assert_non_null(strstr(await_trace_error(), "records already"));
	use(1);
	await_trace_free(end());
	assert_null(await_session_end());
	await_trace_free(NULL);
}

/* What the parent records stays, whatever its child does. */
static void forked(void **state)
{
	const struct await_trace *trace;
	int status;
	pid_t pid;

	(void)state;
	begin();
	use(1);
	pid = fork();
	if (pid == 0) {
		use(2);
		if (await_session_end())
			_exit(1);
		if (await_session_begin())
			_exit(2);
		use(3);
		trace = await_session_end();
		exit(!trace ? 3 : trace->count == 15 ? 0 : 4);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	use(1);
	trace = end();
	assert_int_equal(trace->count, 10);
	await_trace_free(trace);
}

/* The daemon that the library started is the only child there is. */
static pid_t daemon_pid(void)
{
	char path[64];
	int pid = 0;
	FILE *children;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children",
		 (int)getpid());
	children = fopen(path, "r");
	assert_non_null(children);
	assert_int_equal(fscanf(children, "%d", &pid), 1);
	fclose(children);
	return pid;
}

/* SIGPIPE kept its default action: it would end the process. */
static void daemon_dies(void **state)
{
	const struct await_trace *trace;

	(void)state;
	begin();
	use(1);
	assert_int_equal(kill(daemon_pid(), SIGKILL), 0);
	assert_null(await_session_end());
	assert_string_not_equal(await_trace_error(), "");
	assert_null(strchr(await_trace_error(), '\n'));
	begin();
	use(2);
	trace = end();
	assert_int_equal(trace->count, 10);
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
		cmocka_unit_test(blocking),
		cmocka_unit_test(threads),
		cmocka_unit_test(names),
		cmocka_unit_test(inlined_names),
		cmocka_unit_test(stacks_of_creations),
		cmocka_unit_test(no_names),
		cmocka_unit_test(loaded_later),
		cmocka_unit_test(wrong_order),
		cmocka_unit_test(forked),
		cmocka_unit_test(daemon_dies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

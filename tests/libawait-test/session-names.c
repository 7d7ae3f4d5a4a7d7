/* SPDX-License-Identifier: MIT */
/* Stacks of a session's events, and the names that libdw finds for addresses:
 * of the trace, and of this process. */
#define _GNU_SOURCE
#include "session-window.h"

#include "libawait-test/records/functions.h"

#include <dlfcn.h>
#include <stdio.h>

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

/* Whether the stack of the only creation has a frame of that function. */
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

/* Like awaitctl, a session records stacks of creations only. */
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
	snprintf(expected, sizeof(expected), "session-window.h:%u",
		 create->site->line);
	assert_non_null(strstr(line, expected));
	/* The mappings of this process give the same names. */
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

/* A library without debug information, loaded after the first lookup. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(inlined_names),
		cmocka_unit_test(stacks_of_creations),
		cmocka_unit_test(no_names),
		cmocka_unit_test(loaded_later),
	};

	return cmocka_run_group_tests_name("session-names", tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * dlopened LIBAWAIT-TEST USER: a program without libawait loads
 * libawait-test.so while it runs, and then what uses awaits. The environment
 * leaves little static TLS for that; see meson.build.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static const char *libawait_test, *user;
static int (*trace_begin)(const void *options);
static const void *(*trace_end)(void);
static const void *(*trace_load)(const char *directory, int vpid);
static size_t (*trace_count)(const void *trace);
static const char *(*trace_error)(void);
static long (*user_run)(int count);

static void *load(const char *file)
{
	void *library = dlopen(file, RTLD_NOW);

	if (!library)
		fail_msg("%s", dlerror());
	return library;
}

static void loads(void **state)
{
	void *library = load(libawait_test);

	(void)state;
	*(void **)&trace_begin = dlsym(library, "await_trace_begin");
	*(void **)&trace_end = dlsym(library, "await_trace_end");
	*(void **)&trace_load = dlsym(library, "await_trace_load");
	*(void **)&trace_count = dlsym(library, "await_trace_count");
	*(void **)&trace_error = dlsym(library, "await_trace_error");
	*(void **)&user_run = dlsym(load(user), "user_run");
	assert_non_null(trace_begin);
	assert_non_null(trace_end);
	assert_non_null(trace_load);
	assert_non_null(trace_count);
	assert_non_null(trace_error);
	assert_non_null(user_run);
}

static void records(void **state)
{
	(void)state;
	assert_int_equal(trace_begin(NULL), 0);
	assert_int_equal(user_run(3), 2 + 4 + 6);
	assert_int_equal(trace_count(trace_end()), 3 * 4);
}

/* A return value is what went wrong. */
static void *fail_in_thread(void *unused)
{
	(void)unused;
	if (*trace_error() != '\0')
		return "an error before any call";
	if (trace_load("/nowhere/thread", 0))
		return "a trace of nowhere";
	return strstr(trace_error(), "/nowhere/thread") ? NULL :
							  "another error";
}

static void has_an_error_in_each_thread(void **state)
{
	pthread_t thread;
	void *wrong;

	(void)state;
	assert_string_equal(trace_error(), "");
	assert_null(trace_load("/nowhere/main", 0));
	assert_int_equal(pthread_create(&thread, NULL, fail_in_thread, NULL),
			 0);
	assert_int_equal(pthread_join(thread, &wrong), 0);
	if (wrong)
		fail_msg("%s", (const char *)wrong);
	assert_non_null(strstr(trace_error(), "/nowhere/main"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads),
		cmocka_unit_test(records),
		cmocka_unit_test(has_an_error_in_each_thread),
	};

	if (argc != 3)
		return 2;
	libawait_test = argv[1];
	user = argv[2];
	return cmocka_run_group_tests_name("dlopened", tests, NULL, NULL);
}

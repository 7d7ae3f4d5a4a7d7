/* SPDX-License-Identifier: MIT */
/*
 * Failing allocations: whichever one fails, a claim has the same result as
 * without, or says that memory is out, but never anything wrong. The wrappers
 * are linked in place of the functions that claims allocate with.
 */
#define _GNU_SOURCE
#include "failing.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define OUT "memory is out: whether this holds can't be told"

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
FILE *__real_open_memstream(char **text, size_t *size);
FILE *__wrap_open_memstream(char **text, size_t *size);
int __wrap_asprintf(char **text, const char *format, ...);

/* Allocations of this thread until one fails; 0: none does. */
static __thread int left;

static bool refused(void)
{
	if (left == 0 || --left > 0)
		return false;
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return refused() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return refused() ? NULL : __real_calloc(count, size);
}

FILE *__wrap_open_memstream(char **text, size_t *size)
{
	return refused() ? NULL : __real_open_memstream(text, size);
}

int __wrap_asprintf(char **text, const char *format, ...)
{
	va_list arguments;
	int length;

	if (refused())
		return -1;
	va_start(arguments, format);
	length = vasprintf(text, format, arguments);
	va_end(arguments);
	return length;
}

static struct build build;
static const struct await_trace *trace;
static char path[] = "/tmp/await-memory-XXXXXX";

static const char *count(void)
{
	return await_claim_count(
		trace, await_all_of(await_begins("fetch"), await_inside("x")),
		1, 1);
}

static const char *sequence(void)
{
	return await_claim_list(trace, AWAIT_SEQUENCE, await_created(NULL),
				LIST(await_created("fetch")));
}

static const char *subsequence(void)
{
	return await_claim_list(trace, AWAIT_SUBSEQUENCE, await_created(NULL),
				LIST(await_hit("fetch")));
}

static const char *any_order(void)
{
	return await_claim_list(trace, AWAIT_ANY_ORDER, NULL,
				LIST(await_hit("fetch"), await_hit("fetch")));
}

static const char *first_wait(void)
{
	return await_claim_first_wait(trace, await_subject_name("fetch"),
				      "main");
}

static const char *threads(void)
{
	return await_claim_threads(trace, await_begins(NULL), 1);
}

static const char *no_leak(void)
{
	return await_claim_no_leak(trace);
}

static const char *golden(void)
{
	return await_claim_golden(trace, NULL, path);
}

static const char *(*const claims[])(void) = {
	count,	    sequence, subsequence, any_order,
	first_wait, threads,  no_leak,	   golden,
};

struct round {
	const char *(*claim)(void);
	int refused;
	bool reached; /* one was refused */
	char text[4096];
};

/* On a thread of its own, which has to allocate its memory anew. */
static void *claim_on_a_thread(void *arg)
{
	struct round *round = arg;
	const char *text;

	left = round->refused;
	text = round->claim();
	round->reached = round->refused > 0 && left == 0;
	left = 0;
	snprintf(round->text, sizeof(round->text), "%s",
		 text ? text : "it holds");
	return NULL;
}

static void run(struct round *round)
{
	pthread_t thread;

	assert_int_equal(
		pthread_create(&thread, NULL, claim_on_a_thread, round), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

static void failures_are_reported(void **state)
{
	(void)state;
	trace = build_page(&build);
	for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
		struct round full = { .claim = claims[i] };
		struct round round = full;
		int reported = 0;

		run(&full);
		assert_non_null(strstr(full.text, "expected "));
		do {
			round.refused++;
			run(&round);
			if (strcmp(round.text, OUT) == 0)
				reported++;
			else
				assert_string_equal(round.text, full.text);
			assert_true(!round.reached ||
				    strcmp(round.text, OUT) == 0);
		} while (round.reached);
		assert_true(reported >= 1);
	}
}

static void failing_updates_are_reported(void **state)
{
	struct round round = { .claim = golden };

	(void)state;
	setenv("AWAIT_TEST_UPDATE", "1", 1);
	do {
		round.refused++;
		run(&round);
		assert_string_equal(round.text,
				    round.reached ? OUT : "it holds");
	} while (round.reached);
	unsetenv("AWAIT_TEST_UPDATE");
	assert_true(round.refused > 2);
}

static void *defer(void *unused)
{
	build_other_thread = true;
	/* Allocates the thread's own memory. */
	await_claim_report(NULL, "a.c", 1);
	left = 1;
	await_claim_report("no", "a.c", 2);
	left = 0;
	return unused;
}

static void dropped_failures_are_counted(void **state)
{
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, defer, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	FAILS(await_claim_report(NULL, "a.c", 3),
	      "1 more failure on other threads");
}

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failures_are_reported),
		cmocka_unit_test(failing_updates_are_reported),
		cmocka_unit_test(dropped_failures_are_counted),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}

/* SPDX-License-Identifier: MIT */
/* One await as a line of text, and whether a pointer is an await. */
#define _GNU_SOURCE
#include "unit.h"

#include <await/inspect.h>

#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

struct page {
	int lines;
};
AWAIT_TYPE(page, struct page);
AWAIT_TYPE(int, int);
AWAIT_TYPE(double, double);
AWAIT_TYPE(text, const char *);
AWAIT_TYPE(bool, _Bool);

static int runs, fails_with;
static sem_t inside, go_on;

static int fetch(struct page *out, const char *path, int depth)
{
	(void)path;
	runs++;
	out->lines = depth;
	return fails_with;
}
AWAITABLE(page, fetch, (const char *, path), (int, depth));

static int answer(void)
{
	return 42;
}
AWAITABLE_VALUE(int, answer);

static int many(signed char a, unsigned char b, long long c, uint64_t d,
		_Bool e, float f, void *g, struct page h)
{
	(void)a, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g;
	return h.lines;
}
typedef signed char tiny;
AWAITABLE_VALUE(int, many, (tiny, a), (unsigned char, b), (long long, c),
		(uint64_t, d), (_Bool, e), (float, f), (void *, g),
		(struct page, h));

static int slow(int *out, int x)
{
	sem_post(&inside);
	sem_wait(&go_on);
	*out = x;
	return 0;
}
AWAITABLE(int, slow, (int, x));

/* Everything but the creation site, and then that. */
#define ASSERT_LINE(aw, line, ...)                                             \
	do {                                                                   \
		char got_[300], want_[300], text_[200];                        \
		uint64_t id_ = await_id(aw);                                   \
		size_t n_ = await_describe(aw, got_, sizeof(got_));            \
		snprintf(text_, sizeof(text_), __VA_ARGS__);                   \
		if (id_ >> 32)                                                 \
			snprintf(want_, sizeof(want_),                         \
				 "#%u.%u %s created inspect.c:%d",             \
				 (unsigned)id_, (unsigned)(id_ >> 32), text_,  \
				 line);                                        \
		else                                                           \
			snprintf(want_, sizeof(want_),                         \
				 "#%u %s created inspect.c:%d", (unsigned)id_, \
				 text_, line);                                 \
		assert_string_equal(got_, want_);                              \
		assert_int_equal(n_, strlen(want_));                           \
	} while (0)

static void every_state_has_its_line(void **state)
{
	await_page *aw = awaitable(fetch, "/etc/hosts", -1);
	int line = __LINE__ - 1;

	(void)state;
	runs = 0;
	errno = EDOM;
	ASSERT_LINE(aw, line, "page pending fetch(\"/etc/hosts\", -1)");
	assert_int_equal(runs, 0);
	assert_int_equal(errno, EDOM);
	fails_with = -ENOENT;
	await_wait(aw, NULL);
	ASSERT_LINE(aw, line,
		    "page failed fetch(\"/etc/hosts\", -1): -ENOENT "
		    "(No such file or directory), 1 attempt");
	fails_with = 7777;
	await_wait(aw, NULL);
	ASSERT_LINE(aw, line,
		    "page failed fetch(\"/etc/hosts\", -1): 7777, 2 attempts");
	fails_with = 0;
	assert_int_equal(await_wait(aw, NULL), 0);
	ASSERT_LINE(aw, line, "page resolved fetch(...) = {4 bytes}");
	await_unref(aw);
	aw = awaitable(fetch, "", 0), line = __LINE__;
	assert_int_equal(await_cancel(aw), 0);
	ASSERT_LINE(aw, line, "page cancelled fetch(...)");
	await_unref(aw);
}

static void what_has_no_arguments_is_described(void **state)
{
	await_int *aw = await_nowait(int, -33);
	int line = __LINE__ - 1;

	(void)state;
	ASSERT_LINE(aw, line, "int resolved nowait = -33");
	await_unref(aw);
	aw = await_promise(int), line = __LINE__;
	ASSERT_LINE(aw, line, "int pending promise");
	await_reject(aw, -EIO);
	ASSERT_LINE(aw, line, "int failed promise: -EIO (Input/output error)");
	await_unref(aw);
	aw = awaitable(answer), line = __LINE__;
	ASSERT_LINE(aw, line, "int pending answer()");
	await_get(aw);
	ASSERT_LINE(aw, line, "int resolved answer() = 42");
	await_unref(aw);
}

#define MANY                                                                   \
	awaitable(many, -128, 255, INT64_MIN, UINT64_MAX, 1, -1.5f,            \
		  (void *)(uintptr_t)0xabc, ((struct page){ 1 }))
static void every_kind_of_argument_is_shown(void **state)
{
	await_int *aw = MANY;
	int line = __LINE__ - 1;
	await_bool *no = await_nowait(bool, 0);
	int no_line = __LINE__ - 1;

	(void)state;
	ASSERT_LINE(aw, line,
		    "int pending many(-128, 255, -9223372036854775808, "
		    "18446744073709551615, true, -1.5, 0xabc, {4 bytes})");
	ASSERT_LINE(no, no_line, "bool resolved nowait = false");
	await_unref(aw);
	await_unref(no);
}

static void floating_point_is_shown_as_by_printf(void **state)
{
	static const double numbers[] = {
		0,	 -0.0,	  1,	    -2.5,      0.1,	   123456,
		1234567, 999999,  999999.5, 1e6,       0.0001,	   0.00001,
		1e100,	 -1e-300, 1e308,    5e-324,    1.0 / 3,	   0.099999999,
		12.5,	 100,	  INFINITY, -INFINITY, 3.14159265, 1e-4,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		await_double *aw = await_nowait(double, numbers[i]);
		int line = __LINE__ - 1;

		ASSERT_LINE(aw, line, "double resolved nowait = %g",
			    numbers[i]);
		await_unref(aw);
	}
}

static void assert_text(const char *text, const char *shown)
{
	await_text *aw = await_nowait(text, text);
	int line = __LINE__ - 1;

	ASSERT_LINE(aw, line, "text resolved nowait = %s", shown);
	await_unref(aw);
}

static void assert_unreadable(const char *text)
{
	char shown[40];

	snprintf(shown, sizeof(shown), "%p <unreadable>", (void *)text);
	assert_text(text, shown);
}

static void strings_are_quoted_and_cut(void **state)
{
	char *map = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	assert_true(map != MAP_FAILED);
	assert_text(NULL, "NULL");
	assert_text("", "\"\"");
	assert_text("\"\\\n\t\001\3772", "\"\\\"\\\\\\n\\t\\x01\\xff2\"");
	assert_text("01234567890123456789012345678901",
		    "\"01234567890123456789012345678901\"");
	assert_text("012345678901234567890123456789012",
		    "\"01234567890123456789012345678901\"...");
	/* Across a page, to the end of what is mapped, and beyond. */
	memcpy(map + PAGE - 2, "abcd", 5);
	assert_text(map + PAGE - 2, "\"abcd\"");
	assert_int_equal(munmap(map + 2 * PAGE, PAGE), 0);
	memcpy(map + 2 * PAGE - 4, "abc", 4);
	assert_text(map + 2 * PAGE - 4, "\"abc\"");
	map[2 * PAGE - 1] = 'd';
	assert_unreadable(map + 2 * PAGE - 4);
	munmap(map, 2 * PAGE);
	errno = EDOM;
	assert_unreadable(map);
	assert_int_equal(errno, EDOM);
	assert_unreadable((const char *)(uintptr_t)8);
}

static void a_small_buffer_gets_the_beginning(void **state)
{
	await_int *aw = awaitable(answer);
	char whole[200], part[200];
	size_t length = await_describe(aw, whole, sizeof(whole));

	(void)state;
	assert_int_equal(await_describe(aw, NULL, 0), length);
	for (size_t size = 1; size <= length + 2; size++) {
		size_t n = size <= length ? size - 1 : length;

		memset(part, '~', sizeof(part));
		assert_int_equal(await_describe(aw, part, size), length);
		assert_memory_equal(part, whole, n);
		assert_int_equal(part[n], '\0');
		assert_int_equal(part[n + 1], '~');
	}
	await_unref(aw);
}

static void *wait_thread(void *aw)
{
	return (void *)(intptr_t)await_wait((await_int *)aw, NULL);
}

static pid_t slow_tid;
static void *slow_thread(void *aw)
{
	slow_tid = gettid();
	return wait_thread(aw);
}

static void a_running_await_names_its_thread(void **state)
{
	await_int *aw = awaitable(slow, 5);
	int line = __LINE__ - 1;
	char got[200], want[200];
	pthread_t thread;

	(void)state;
	pthread_create(&thread, NULL, slow_thread, aw);
	sem_wait(&inside);
	await_describe(aw, got, sizeof(got));
	snprintf(want, sizeof(want),
		 " int running slow(5) on thread %d waited for at "
		 "unit-inspect+0x",
		 (int)slow_tid);
	assert_non_null(strstr(got, want));
	snprintf(want, sizeof(want), " created inspect.c:%d", line);
	assert_string_equal(strstr(got, " created"), want);
	sem_post(&go_on);
	pthread_join(thread, NULL);
	await_unref(aw);
}

static void pointers_that_are_no_handles_are_recognized(void **state)
{
	await_int *aw = awaitable(answer), *null = NULL;
	char *inside_it = (char *)aw, on_stack[64], line[100], want[100];
	await_page *page = awaitable(fetch, "", 0);
	uintptr_t slab = (uintptr_t)aw & ~(uintptr_t)0x3ffff;
	uintptr_t pages = (uintptr_t)page & ~(uintptr_t)0x3ffff;

	(void)state;
	assert_true(await_is_valid(aw));
	assert_true(await_is_valid(page));
	await_unref(page);
	for (int i = 1; i < 32; i++)
		assert_false(await_is_valid(inside_it + i));
	assert_false(await_is_valid(NULL));
	assert_false(await_is_valid(on_stack));
	assert_false(await_is_valid((void *)(uintptr_t)1));
	assert_false(await_is_valid((void *)UINTPTR_MAX));
	/* Slabs' own headers, which are whole slots before the first. */
	for (uintptr_t i = 0; i < 48; i++) {
		assert_false(await_is_valid((void *)(slab + i)));
		assert_false(await_is_valid((void *)(pages + i)));
	}
	assert_false(await_is_valid((void *)(slab + 0x40000)));
	assert_false(await_is_valid(aw + 8000));
	await_unref(aw);
	assert_false(await_is_valid(aw));
	snprintf(want, sizeof(want), "no await: %p", (void *)aw);
	await_core_describe((struct await *)(void *)aw, line, sizeof(line));
	assert_string_equal(line, want);
	assert_int_equal(await_describe(null, line, sizeof(line)), 4);
	assert_string_equal(line, "NULL");
}

/* A slot of its own slab, larger than one. */
struct huge {
	char bytes[400000];
};
AWAIT_TYPE(huge, struct huge);
static int fill(struct huge *out, const char *with)
{
	memset(out->bytes, with[0], sizeof(out->bytes));
	return 0;
}
AWAITABLE(huge, fill, (const char *, with));

static void arguments_behind_a_large_value_are_shown(void **state)
{
	await_huge *aw = awaitable(fill, "xyz");
	int line = __LINE__ - 1;

	(void)state;
	assert_true(await_is_valid(aw));
	assert_false(await_is_valid((char *)aw + 300000));
	ASSERT_LINE(aw, line, "huge pending fill(\"xyz\")");
	assert_int_equal(await_wait(aw, NULL), 0);
	ASSERT_LINE(aw, line, "huge resolved fill(...) = {400000 bytes}");
	await_unref(aw);
	assert_false(await_is_valid(aw));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_has_its_line),
		cmocka_unit_test(what_has_no_arguments_is_described),
		cmocka_unit_test(every_kind_of_argument_is_shown),
		cmocka_unit_test(floating_point_is_shown_as_by_printf),
		cmocka_unit_test(strings_are_quoted_and_cut),
		cmocka_unit_test(a_small_buffer_gets_the_beginning),
		cmocka_unit_test(a_running_await_names_its_thread),
		cmocka_unit_test(pointers_that_are_no_handles_are_recognized),
		cmocka_unit_test(arguments_behind_a_large_value_are_shown),
	};

	sem_init(&inside, 0, 0);
	sem_init(&go_on, 0, 0);
	alarm(120);
	return cmocka_run_group_tests_name("inspect", tests, NULL, NULL);
}

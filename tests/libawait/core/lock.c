/* SPDX-License-Identifier: MIT */
/* Assertions, and locks that know their holder, as debug builds have them. */
#define _GNU_SOURCE
#undef AWAIT_ASSERTS
#define AWAIT_ASSERTS
#include "libawait/core/lock.h"

#include "unit.h"

#include "child.h"

#include <string.h>

static struct lock lock = LOCK_INITIALIZER;

enum { FAILS_LINE = __LINE__ + 3 };
static void fails(void)
{
	ASSERT(1 + 1 == 3);
}

static void holds(void)
{
	lock_take(&lock);
	ASSERT_HELD(&lock);
	lock_release(&lock);
}

static void held_by_nobody(void)
{
	ASSERT_HELD(&lock);
}

static void *hold_it(void *unused)
{
	lock_take(&lock);
	return unused;
}

static void held_by_another(void)
{
	pthread_t other;

	pthread_create(&other, NULL, hold_it, NULL);
	pthread_join(other, NULL);
	ASSERT_HELD(&lock);
}

static void released_by_another(void)
{
	pthread_t other;

	pthread_create(&other, NULL, hold_it, NULL);
	pthread_join(other, NULL);
	lock_release(&lock);
}

/* It aborts, with a line about that condition; NULL: it does not. */
static void assert_aborts(void (*body)(void), const char *condition)
{
	int status = in_child(body);

	if (!condition) {
		assert_int_equal(status, 0);
		assert_string_equal(text, "");
		return;
	}
	assert_true(status >= 256); /* killed; with a core or without */
	assert_int_equal(status & 0x7f, SIGABRT);
	assert_non_null(strstr(text, "assertion failed: "));
	assert_non_null(strstr(text, condition));
}

static void a_condition_that_fails_aborts(void **state)
{
	char place[40];

	(void)state;
	snprintf(place, sizeof(place), "lock.c:%d: ", FAILS_LINE);
	assert_aborts(fails, "assertion failed: 1 + 1 == 3\n");
	assert_non_null(strstr(text, place));
}

static void a_lock_knows_its_holder(void **state)
{
	(void)state;
	assert_aborts(holds, NULL);
	assert_aborts(held_by_nobody, "lock_is_held");
	assert_aborts(held_by_another, "lock_is_held");
	assert_aborts(released_by_another, "lock_is_held");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_condition_that_fails_aborts),
		cmocka_unit_test(a_lock_knows_its_holder),
	};

	alarm(60);
	return cmocka_run_group_tests_name("lock", tests, NULL, NULL);
}

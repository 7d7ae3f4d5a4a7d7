/* SPDX-License-Identifier: MIT */
/* Owners of promises that are misused, each in a child process. */
#define _GNU_SOURCE
#include "unit.h"

#include "child.h"

AWAIT_TYPE(int, int);

/* --- modes of this program --- */

static void drop_twice(void)
{
	await_int_owner *owner = await_promise_owner(int);

	await_owner_drop(owner);
	await_owner_drop(owner);
}

static void give_back_by_unref(void)
{
	await_int_owner *owner = await_promise_owner(int);
	await_int *aw = await_promise_of(owner);

	await_unref((await_int *)(void *)owner);
	CHECK(await_state(aw) == AWAIT_PENDING);
	await_unref(aw);
	CHECK(await_state(aw) == AWAIT_FREE);
}

static void use_correctly(void)
{
	await_int_owner *owner = await_promise_owner(int);
	await_int *aw = await_promise_of(owner);

	CHECK(await_owner_resolve(owner, 1) == 0);
	CHECK(await_owner_drop(owner) == 0);
	CHECK(await_get(aw) == 1);
	await_unref(aw);
	CHECK(await_owner_drop(await_promise_owner(int)) == 0);
	/* Whose promise has no owner. */
	await_unref(await_promise(int));
}

static const struct mode modes[] = {
	MODE(drop_twice),
	MODE(give_back_by_unref),
	MODE(use_correctly),
};

/* --- tests --- */

static void a_second_drop_aborts(void **state)
{
	const char *want = "await: await_owner_drop: -ESTALE: 0x";

	(void)state;
	assert_int_equal(run_again("", "drop_twice"), 256 + SIGABRT);
	assert_ptr_equal(strstr(text, want), text);
	assert_int_equal(run_again("check", "drop_twice"), 256 + SIGABRT);
	assert_ptr_equal(strstr(text, want), text);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void check_finds_an_owner_that_was_not_dropped(void **state)
{
	const char *want = "await: await_unref: -EPIPE: #1 int pending "
			   "promise_owner created owner.c:";

	(void)state;
	assert_int_equal(run_again("check", "give_back_by_unref"), 0);
	assert_ptr_equal(strstr(text, want), text);
	assert_non_null(strstr(text, ": its owner was given back, but not by "
				     "await_owner_drop(), so nobody was told, "
				     "called at unit-owner+0x"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	assert_int_equal(run_again("", "give_back_by_unref"), 0);
	assert_string_equal(text, "");
}

static void check_is_silent_about_good_use(void **state)
{
	(void)state;
	assert_int_equal(run_again("check", "use_correctly"), 0);
	assert_string_equal(text, "");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_drop_aborts),
		cmocka_unit_test(check_finds_an_owner_that_was_not_dropped),
		cmocka_unit_test(check_is_silent_about_good_use),
	};

	if (argc > 1)
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	alarm(120);
	return cmocka_run_group_tests_name("owner", tests, NULL, NULL);
}

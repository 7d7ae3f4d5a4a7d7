/* SPDX-License-Identifier: MIT */
/* The contract, names of single awaits. */
#define _GNU_SOURCE
#include "contract.h"

#include "../libawait/child.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static int load(int n)
{
	return n;
}
AWAITABLE_VALUE(int, load, (int, n));

static int setup(void **state)
{
	(void)state;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	record_stop();
	return 0;
}

static const char *name_of(await_int *aw)
{
	static char name[AWAIT_NAME_MAX + 1];

	size_t length = await_name_of(aw, name, sizeof(name));

	assert_int_equal(length, strlen(name));
	return name;
}

static void a_name_of_its_own(void **state)
{
	await_int *aw = awaitable(load, 7), *other = awaitable(load, 8);
	char given[] = "config", start[64], part[4];

	(void)state;
	snprintf(start, sizeof(start), "#%" PRIu64 " \"config\" int pending",
		 await_id(aw));
	assert_string_equal(name_of(aw), "");
	assert_int_equal(await_name(aw, given), 0);
	given[0] = '?'; /* it is a copy */
	assert_string_equal(name_of(aw), "config");
	assert_int_equal(await_name_of(aw, part, sizeof(part)), 6);
	assert_string_equal(part, "con");
	assert_ptr_equal(strstr(LINE_OF(aw), start), LINE_OF(aw));
	assert_null(strchr(LINE_OF(other), '"'));
	assert_int_equal(await_state(aw), AWAIT_PENDING);
	assert_int_equal(await_get(aw), 7);
	assert_contains(LINE_OF(aw), " \"config\" int resolved load(...) = 7");
	await_unref(aw);
	await_unref(other);
}

static void another_name_replaces_it(void **state)
{
	await_int *aw = await_nowait(int, 7);

	(void)state;
	assert_int_equal(await_name(aw, "a rather long name, but not the "
					"longest that there may be"),
			 0);
	assert_int_equal(await_name(aw, "b"), 0);
	assert_string_equal(name_of(aw), "b");
	await_unref(aw);
}

static void a_name_ends_with_its_await(void **state)
{
	await_int *aw = awaitable(load, 7), *next;

	(void)state;
	assert_int_equal(await_name(aw, "config"), 0);
	await_unref(aw);
	next = awaitable(load, 7);
	assert_ptr_equal(next, aw); /* the same slot */
	assert_string_equal(name_of(next), "");
	assert_int_equal(await_name(next, "its own"), 0);
	assert_string_equal(name_of(next), "its own");
	await_unref(next);
}

static void no_name_by_mistake(void **state)
{
	char longest[AWAIT_NAME_MAX + 1], longer[AWAIT_NAME_MAX + 2];
	await_int *aw = await_nowait(int, 7);

	(void)state;
	memset(longest, 'x', sizeof(longest));
	memset(longer, 'x', sizeof(longer));
	longest[sizeof(longest) - 1] = longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(await_name((await_int *)NULL, "config"), -EINVAL);
	assert_int_equal(await_name(aw, NULL), -EINVAL);
	assert_int_equal(await_name(aw, ""), -EINVAL);
	assert_int_equal(await_name(aw, longer), -ENAMETOOLONG);
	assert_string_equal(name_of(aw), "");
	assert_int_equal(await_name(aw, longest), 0);
	assert_int_equal(await_name(aw, longer), -ENAMETOOLONG);
	assert_string_equal(name_of(aw), longest);
	assert_contains(LINE_OF(aw), longest);
	await_unref(aw);
	assert_int_equal(await_name(aw, "config"), -ESTALE);
}

static void a_name_is_shown_escaped(void **state)
{
	await_int *aw = await_nowait(int, 7);

	(void)state;
	assert_int_equal(await_name(aw, "\"\n\033 \xff caf\xc3\xa9"), 0);
	assert_contains(LINE_OF(aw), " \"\\\"\\n\\");
	assert_contains(LINE_OF(aw), " caf\xc3\xa9\" int resolved");
	assert_null(strpbrk(LINE_OF(aw), "\n\033\xff"));
	await_unref(aw);
}

static int name_three(int *out)
{
	await_int *aw = await_nowait(int, 1);

	CHECK(await_name(aw, "inner") == 0);
	await_unref(aw);
	*out = 3;
	return 0;
}
AWAITABLE(int, name_three);

static void a_name_is_an_event(void **state)
{
	await_int *aw = awaitable(name_three);
	const struct seen *named;
	uint64_t id = await_id(aw);

	(void)state;
	record();
	assert_int_equal(await_name(aw, "outer"), 0);
	assert_int_equal(await_name(aw, ""), -EINVAL);
	assert_int_equal(await_get(aw), 3);
	assert_int_equal(seen_count(AWAIT_EVENT_NAME, 0), 2);
	named = seen(AWAIT_EVENT_NAME, id, 0);
	assert_string_equal(named->event.name, "outer");
	assert_int_equal(named->event.parent, 0);
	assert_int_equal(named->event.state, AWAIT_PENDING);
	assert_non_null(named->event.addr);
	named = seen(AWAIT_EVENT_NAME, 0, 1);
	assert_string_equal(named->event.name, "inner");
	assert_int_equal(named->event.parent, id);
	await_unref(aw);
}

enum { MOST = 1 << 16 };

static void more_names_than_there_is_room_for(void **state)
{
	static await_int *many[MOST + 1];
	int rc = 0, count = 0;
	char name[16];

	(void)state;
	for (int i = 0; i <= MOST; i++)
		many[i] = await_nowait(int, i);
	for (; count <= MOST && rc == 0; count += rc == 0) {
		snprintf(name, sizeof(name), "n%d", count);
		rc = await_name(many[count], name);
	}
	assert_int_equal(rc, -ENOMEM);
	assert_int_equal(count, MOST);
	assert_string_equal(name_of(many[MOST]), "");
	for (int i = 0; i < MOST; i += 4096) {
		snprintf(name, sizeof(name), "n%d", i);
		assert_string_equal(name_of(many[i]), name);
	}
	/* Who has a name can get another. */
	assert_int_equal(await_name(many[7], "seven"), 0);
	await_unref(many[0]);
	assert_int_equal(await_name(many[MOST], "last"), 0);
	assert_string_equal(name_of(many[MOST]), "last");
	assert_string_equal(name_of(many[7]), "seven");
	for (int i = 1; i <= MOST; i++)
		await_unref(many[i]);
}

static void names_in_a_forked_child(void **state)
{
	await_int *aw = await_nowait(int, 7);
	pid_t child;

	(void)state;
	assert_int_equal(await_name(aw, "both"), 0);
	child = fork();
	if (child == 0) {
		char name[AWAIT_NAME_MAX + 1];

		CHECK(await_name_of(aw, name, sizeof(name)) == 4);
		CHECK(strcmp(name, "both") == 0);
		CHECK(await_name(aw, "the child's") == 0);
		CHECK(await_name_of(aw, NULL, 0) == 11);
		_exit(0);
	}
	assert_int_equal(exit_status_of(child), 0);
	assert_string_equal(name_of(aw), "both");
	await_unref(aw);
}

/* --- names that change while they are read --- */

static const char *const names[] = {
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	"b",
};
static await_int *shared;
static atomic_int handled, renamed, bad;

static void look(void)
{
	char name[AWAIT_NAME_MAX + 1];

	/* "" too: it was being written at each look. */
	if (await_name_of(shared, name, sizeof(name)) > 0 &&
	    strcmp(name, names[0]) != 0 && strcmp(name, names[1]) != 0)
		bad++;
}

static void on_signal(int signal)
{
	(void)signal;
	look();
	handled++;
}

static void *rename_it(void *unused)
{
	(void)unused;
	while (handled < 1000)
		await_name(shared, names[renamed++ % 2]);
	return NULL;
}

static void a_name_is_read_while_it_changes(void **state)
{
	struct sigaction action = { .sa_handler = on_signal };
	pthread_t renamer;

	(void)state;
	shared = await_nowait(int, 7);
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	assert_int_equal(pthread_create(&renamer, NULL, rename_it, NULL), 0);
	while (handled < 1000) {
		look();
		pthread_kill(renamer, SIGUSR1);
	}
	pthread_join(renamer, NULL);
	assert_int_equal(bad, 0);
	await_unref(shared);
}

static void leak_some(void)
{
	for (int i = 0; i < 3; i++) {
		await_int *aw = awaitable(load, i);

		if (i == 1)
			await_name(aw, "config");
	}
}

static const struct mode modes[] = {
	MODE(leak_some),
};

static void a_leak_has_its_name(void **state)
{
	(void)state;
	assert_int_equal(run_again("leaks", "leak_some"), 0);
	assert_contains(text, "await:    3 int load created naming.c:");
	assert_contains(text, " in leak_some, #2 \"config\" among them\n");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(a_name_of_its_own),
		TEST(another_name_replaces_it),
		TEST(a_name_ends_with_its_await),
		TEST(no_name_by_mistake),
		TEST(a_name_is_shown_escaped),
		TEST(a_name_is_an_event),
		TEST(more_names_than_there_is_room_for),
		TEST(names_in_a_forked_child),
		TEST(a_name_is_read_while_it_changes),
		TEST(a_leak_has_its_name),
	};

	if (argc > 1)
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

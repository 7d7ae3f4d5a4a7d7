/* SPDX-License-Identifier: MIT */
/*
 * Functions that throw: the exception goes on to the caller of the wait, and
 * the run has failed with -EOWNERDEAD. C++ knows no cmocka, so this program
 * writes its own TAP.
 */
#include <await/await.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <thread>

AWAIT_TYPE(int, int);

static bool good = true;
static int number, given;
static char text[] = "text";
static bool throws = true;

#define EXPECT(condition)                                                      \
	do {                                                                   \
		if (!(condition)) {                                            \
			std::printf("# line %d: %s\n", __LINE__, #condition);  \
			good = false;                                          \
		}                                                              \
	} while (0)

static void test(const char *name, void (*run)())
{
	good = true;
	throws = true;
	run();
	std::printf("%s %d - %s\n", good ? "ok" : "not ok", ++number, name);
}

static int fetch(int *out)
{
	if (throws)
		throw std::runtime_error("no");
	*out = 3;
	return 0;
}
AWAITABLE(int, fetch);

static int outer(int *out, await_int *in)
{
	return await_wait(in, out);
}
AWAITABLE(int, outer, (await_int *, in));

static int catches(int *out, await_int *in)
{
	try {
		await_wait(in, nullptr);
	} catch (const std::exception &) {
		*out = 9;
	}
	return 0;
}
AWAITABLE(int, catches, (await_int *, in));

static char *take(const char *from)
{
	given++;
	return strdup(from);
}

static void give(char *copy)
{
	given--;
	std::free(copy);
}

static int fetch_with(int *out, char *copy)
{
	return std::strcmp(copy, "text") == 0 ? fetch(out) : -EINVAL;
}
AWAITABLE(int, fetch_with, (char *, copy, give, take));

/* Whether the wait throws what the function threw. */
static bool caught(await_int *aw)
{
	try {
		await_wait(aw, nullptr);
	} catch (const std::runtime_error &error) {
		return std::strcmp(error.what(), "no") == 0;
	}
	return false;
}

static void it_goes_to_the_waiter()
{
	await_int *aw = awaitable(fetch);
	int value = 0;

	EXPECT(caught(aw));
	EXPECT(await_state(aw) == AWAIT_FAILED);
	EXPECT(await_error(aw) == -EOWNERDEAD);
	EXPECT(caught(aw));
	EXPECT(await_attempts(aw) == 2);
	throws = false;
	EXPECT(await_wait(aw, &value) == 0 && value == 3);
	await_unref(aw);
}

static void it_goes_through_all_runs()
{
	await_int *in = awaitable(fetch), *aw = awaitable(outer, in);
	await_int *all = awaitable(outer, aw);
	int value = 0;

	EXPECT(caught(all));
	EXPECT(await_error(in) == -EOWNERDEAD);
	EXPECT(await_error(aw) == -EOWNERDEAD);
	EXPECT(await_error(all) == -EOWNERDEAD);
	throws = false;
	EXPECT(await_wait(all, &value) == 0 && value == 3);
	await_unref(in);
	await_unref(aw);
	await_unref(all);
}

static void a_function_may_catch_it()
{
	await_int *in = awaitable(fetch), *aw = awaitable(catches, in);
	int value = 0;

	EXPECT(await_wait(aw, &value) == 0 && value == 9);
	EXPECT(await_error(in) == -EOWNERDEAD);
	await_unref(in);
	await_unref(aw);
}

static void arguments_are_kept()
{
	await_int *aw = awaitable(fetch_with, text);
	int value = 0;

	EXPECT(caught(aw));
	EXPECT(given == 1);
	throws = false;
	EXPECT(await_wait(aw, &value) == 0 && value == 3);
	EXPECT(given == 0);
	await_unref(aw);

	throws = true;
	aw = awaitable(fetch_with, text);
	EXPECT(caught(aw));
	await_unref(aw);
	EXPECT(given == 0);
}

static await_int *shared;

static int drops_itself(int *out)
{
	await_unref(shared);
	return fetch(out);
}
AWAITABLE(int, drops_itself);

static void the_last_reference_may_be_gone()
{
	shared = awaitable(drops_itself);
	EXPECT(caught(shared));
}

static await_int *slow;

static int throws_later(int *)
{
	/* FLAG_WAITERS: somebody sleeps on it. */
	while (!(slow->head.state.load() & 0x10u))
		std::this_thread::yield();
	throw std::runtime_error("no");
}
AWAITABLE(int, throws_later);

static void others_are_told()
{
	slow = awaitable(throws_later);
	std::thread runner([] { EXPECT(caught(slow)); });
	while (await_state(slow) != AWAIT_RUNNING)
		std::this_thread::yield();
	EXPECT(await_wait(slow, nullptr) == -EOWNERDEAD);
	runner.join();
	await_unref(slow);
}

int main()
{
	std::printf("1..6\n");
	test("it_goes_to_the_waiter", it_goes_to_the_waiter);
	test("it_goes_through_all_runs", it_goes_through_all_runs);
	test("a_function_may_catch_it", a_function_may_catch_it);
	test("arguments_are_kept", arguments_are_kept);
	test("the_last_reference_may_be_gone", the_last_reference_may_be_gone);
	test("others_are_told", others_are_told);
}

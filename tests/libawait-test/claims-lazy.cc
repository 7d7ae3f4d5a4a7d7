/* SPDX-License-Identifier: MIT */
/* Awaits of await.hpp, as tests see them: names, outcomes, threads, and that
 * each event is of the line and the function that the user wrote. */
#include <cstdarg>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

/* It is C's alone. */
extern "C" {
#include <cmocka.h>
}

#include <await/await.hpp>
#include <await/test.h>

#define HERE(line) await_called_at("claims-lazy.cc", line)
#define OF(line, function) await_all_of(HERE(line), await_from(function))

static int fetch(int n)
{
	if (n < 0)
		throw std::domain_error("negative");
	return n;
}

/* Volatile: whatever is done with it is done here. */
static volatile int sum;

static void each_event_is_of_the_users_line(void **)
{
	unsigned made, other, got, hit, named, assigned, reset, dropped;
	uint64_t first, second, third;

	assert_int_equal(await_trace_begin(nullptr), 0);
	{
		made = __LINE__ + 1;
		await::lazy<int> one(fetch, 1);
		other = __LINE__ + 1;
		auto two = AWAIT_LAZY(fetch, 2);
		await::lazy<int> three([] { return 3; });
		first = one.id();
		second = two.id();
		third = three.id();
		got = __LINE__ + 1;
		sum = one.get();
		hit = __LINE__ + 1;
		sum = sum + one.wait();
		named = __LINE__ + 1;
		assert_int_equal(await_name(two.handle(), "two"), 0);
		assigned = __LINE__ + 1;
		three = nullptr;
		reset = __LINE__ + 1;
		one.reset();
		sum = sum + two.cancel();
		dropped = __LINE__ + 1;
	}
	const struct await_trace *trace = await_trace_end();
	const char *const us = "each_event_is_of_the_users_line";
	assert_await_each(trace, await_created(first), OF(made, us));
	assert_await_each(trace, await_created(second), OF(other, us));
	assert_await_each(trace, await_created(third), OF(other + 1, us));
	assert_await_each(trace, await_begins(first), OF(got, us));
	assert_await_each(trace, await_ran(first), OF(got, us));
	assert_await_each(trace, await_hit(first), OF(hit, us));
	assert_await_each(trace, await_named(second), OF(named, us));
	assert_await_each(trace, await_destroyed(third), OF(assigned, us));
	assert_await_each(trace, await_destroyed(first), OF(reset, us));
	assert_await_each(trace, await_cancelled(second), OF(dropped - 2, us));
	assert_await_each(trace, await_destroyed(second), OF(dropped, us));
	assert_await_made_at(trace, first, "claims-lazy.cc", made);
	assert_await_first_wait_from(trace, first, us);
	assert_await_no_leak(trace);
}

static void promises_and_threads(void **)
{
	unsigned made, settled, slept = 0;

	assert_int_equal(await_trace_begin(nullptr), 0);
	{
		made = __LINE__ + 1;
		await::promise<std::string> promise;
		std::thread sleeper([lazy = promise.get_lazy(), &slept] {
			slept = __LINE__ + 1;
			(void)lazy.wait();
		});
		settled = __LINE__ + 1;
		promise.resolve("done");
		sleeper.join();
	}
	const struct await_trace *trace = await_trace_end();
	assert_await_each(trace, await_created("promise"), HERE(made));
	assert_await_each(trace, await_resolved("promise"), HERE(settled));
	assert_await_each(trace,
			  await_any_of(await_hit(nullptr),
				       await_waited(nullptr),
				       await_blocks(nullptr)),
			  HERE(slept));
	assert_await_no_leak(trace);
}

struct uncopied {
	uncopied() = default;
	uncopied(const uncopied &)
	{
		throw std::domain_error("no copy");
	}
};

static int take(const uncopied &)
{
	return 1;
}

static void an_argument_that_throws(void **)
{
	const uncopied argument;
	unsigned line = 0;

	assert_int_equal(await_trace_begin(nullptr), 0);
	try {
		line = __LINE__ + 1;
		await::lazy<int> none(take, argument);
		fail();
	} catch (const std::domain_error &) {
	}
	const struct await_trace *trace = await_trace_end();
	assert_await_sequence(
		trace, await_all_of(await_created(nullptr), HERE(line)),
		await_all_of(await_destroyed(nullptr), HERE(line)));
}

static void exceptions_are_final_failures(void **)
{
	bool thrown = false;

	assert_int_equal(await_trace_begin(nullptr), 0);
	{
		auto lazy = AWAIT_LAZY(fetch, -1);

		try {
			(void)lazy.get();
		} catch (const std::domain_error &) {
			thrown = true;
		}
		assert_int_equal(lazy.wait(), -EOWNERDEAD);
	}
	const struct await_trace *trace = await_trace_end();
	assert_true(thrown);
	assert_await_sequence(trace, await_created("fetch"),
			      await_begins("fetch"),
			      await_all_of(await_failed("fetch"),
					   await_with_error(-EOWNERDEAD)),
			      await_all_of(await_waited("fetch"),
					   await_with_error(-EOWNERDEAD)),
			      await_destroyed("fetch"));
}

int main()
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_teardown(name, await_trace_teardown)
		TEST(each_event_is_of_the_users_line),
		TEST(promises_and_threads),
		TEST(an_argument_that_throws),
		TEST(exceptions_are_final_failures),
	};

	return cmocka_run_group_tests_name("claims-lazy", tests, nullptr,
					   nullptr);
}

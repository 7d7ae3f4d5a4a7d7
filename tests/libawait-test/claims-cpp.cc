/* SPDX-License-Identifier: MIT */
/* Assertions from C++: the same sentences. */
#include <cstdarg>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

/* It is C's alone. */
extern "C" {
#include <cmocka.h>
}

#include <await/await.h>
#include <await/test.h>

AWAIT_TYPE(int, int);

static int leaf(int *out, int x)
{
	*out = x;
	return 0;
}
AWAITABLE(int, leaf, (int, x));

namespace web
{
__attribute__((noinline)) static int ask(await_int *aw)
{
	int value = 0, rc = await_wait(aw, &value);

	return rc ? rc : value;
}
} // namespace web

static bool is_first(const struct await_seen *event, void *data)
{
	return event->attempt == *static_cast<unsigned *>(data);
}

static void assertions_hold(void **)
{
	const std::string name = "leaf";
	unsigned first = 1;

	assert_int_equal(await_trace_begin(nullptr), 0);
	await_int *aw = awaitable(leaf, 7);
	const uint64_t id = await_id(aw);
	assert_int_equal(web::ask(aw), 7);
	assert_int_equal(web::ask(aw), 7);
	await_unref(aw);
	const struct await_trace *trace = await_trace_end();
	assert_await_sequence(
		trace, await_created("leaf"), await_begins(name.c_str()),
		await_ran(id),
		await_all_of(await_hit(aw), await_none_of(await_on_thread(1))),
		await_destroyed(nullptr));
	assert_await_subsequence(trace, await_created(aw), await_hit(id));
	assert_await_any_order_of(trace, await_hit(nullptr), await_hit("leaf"));
	assert_await_count(
		trace,
		await_all_of(await_begins("leaf"),
			     await_where(is_first, &first, "the first run")),
		1);
	assert_await_first_wait_from(trace, "leaf", "ask");
	assert_await_made_at(trace, "leaf", "claims-cpp.cc", 0);
	assert_await_no_leak(trace);
	const char *text = await_claim_count(trace, await_failed("leaf"), 1, 1);
	assert_non_null(text);
	assert_non_null(std::strstr(text, "(ran, not failed)"));
}

int main()
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(assertions_hold,
					  await_trace_teardown),
	};

	return cmocka_run_group_tests(tests, nullptr, nullptr);
}

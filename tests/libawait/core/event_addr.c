/* SPDX-License-Identifier: MIT */
/* await_event.addr lies in the function that made the call, also where that
 * call is the last thing the function does. */
#include "sink.h"

/* The call is each one's last statement, which compilers turn into a jump. */
#define APART __attribute__((noinline))

APART static await_int *last_create(void)
{
	return awaitable(leaf, 1);
}

APART static await_int *last_nowait(void)
{
	return await_nowait(int, 1);
}

APART static await_int *last_promise(void)
{
	return await_promise(int);
}

APART static int last_wait(await_int *aw)
{
	return await_wait(aw, NULL);
}

APART static int last_wait_until(await_int *aw)
{
	return await_wait_until(aw, NULL, NULL);
}

APART static int last_wait_all(await_int **aw)
{
	return await_wait_all(aw, 1, NULL, NULL);
}

APART static void last_resolve(await_int *aw)
{
	await_resolve(aw, 1);
}

APART static void last_reject(await_int *aw)
{
	await_reject(aw, -EIO);
}

APART static int last_cancel(await_int *aw)
{
	return await_cancel(aw);
}

APART static void last_unref(await_int *aw)
{
	await_unref(aw);
}

#define START(function) (uintptr_t)(function)

/* Finds the one of the functions above that addr lies in. */
static uintptr_t start_of(const void *addr)
{
	const uintptr_t starts[] = {
		START(last_create),	START(last_nowait),
		START(last_promise),	START(last_wait),
		START(last_wait_until), START(last_wait_all),
		START(last_resolve),	START(last_reject),
		START(last_cancel),	START(last_unref),
	};
	uintptr_t best = 0;

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (starts[i] <= (uintptr_t)addr && starts[i] > best)
			best = starts[i];
	return (uintptr_t)addr - best < 1024 ? best : 0;
}

/* The newest event has that type, and its addr lies in that function. */
#define ASSERT_CALLED_BY(event, function)                                      \
	do {                                                                   \
		assert_int_equal(seen[seen_count - 1].type, event);            \
		assert_int_equal(start_of(seen[seen_count - 1].addr),          \
				 START(function));                             \
	} while (0)

static void a_tail_call_is_attributed_to_its_caller(void **state)
{
	await_int *aw;

	(void)state;
	assert_int_equal(await_sink_add(&recorder), 0);
	aw = last_create();
	ASSERT_CALLED_BY(AWAIT_EVENT_CREATE, last_create);
	last_wait(aw);
	ASSERT_CALLED_BY(AWAIT_EVENT_EXEC_END, last_wait);
	last_wait(aw);
	ASSERT_CALLED_BY(AWAIT_EVENT_HIT, last_wait);
	last_wait_until(aw);
	ASSERT_CALLED_BY(AWAIT_EVENT_HIT, last_wait_until);
	last_wait_all(&aw);
	ASSERT_CALLED_BY(AWAIT_EVENT_HIT, last_wait_all);
	last_unref(aw);
	ASSERT_CALLED_BY(AWAIT_EVENT_DESTROY, last_unref);
	aw = last_nowait();
	ASSERT_CALLED_BY(AWAIT_EVENT_CREATE, last_nowait);
	await_unref(aw);
	aw = last_promise();
	ASSERT_CALLED_BY(AWAIT_EVENT_CREATE, last_promise);
	last_resolve(aw);
	ASSERT_CALLED_BY(AWAIT_EVENT_RESOLVE, last_resolve);
	await_unref(aw);
	aw = await_promise(int);
	last_reject(aw);
	ASSERT_CALLED_BY(AWAIT_EVENT_RESOLVE, last_reject);
	await_unref(aw);
	aw = awaitable(leaf, 1);
	last_cancel(aw);
	ASSERT_CALLED_BY(AWAIT_EVENT_CANCEL, last_cancel);
	await_unref(aw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_tail_call_is_attributed_to_its_caller),
	};

	alarm(120);
	return cmocka_run_group_tests_name("event_addr", tests, NULL, NULL);
}

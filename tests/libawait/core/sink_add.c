/* SPDX-License-Identifier: MIT */
/* await_sink_add() and await_sink_remove(): what is emitted from then on, also
 * of awaits that exist already, and which calls are refused. */
#include "sink.h"

static void a_plain_process_is_not_armed(void **state)
{
	(void)state;
	assert_int_equal(
		atomic_load_explicit(&await_armed, memory_order_relaxed), 0);
}

static void a_sink_receives_only_the_types_it_requests(void **state)
{
	struct await_sink creations = {
		.event = record,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE),
	};
	await_int *aw;

	(void)state;
	assert_int_equal(await_sink_add(&creations), 0);
	aw = awaitable(leaf, 1);
	assert_int_equal(await_get(aw) + await_get(aw), 2);
	await_unref(aw);
	assert_int_equal(seen_count, 1);
	assert_int_equal(await_sink_remove(&creations), 0);
}

static int adds_recorder(int *out, int x)
{
	*out = x;
	return await_sink_add(&recorder);
}
AWAITABLE(int, adds_recorder, (int, x));

/* Leaves garbage where the next call will have its locals. */
__attribute__((noinline)) static void spoil_stack(void)
{
	char below[4096];

	memset(below, 0x5a, sizeof(below));
	__asm__ volatile("" : : "r"(below) : "memory");
}

static void an_end_is_emitted_though_its_begin_was_not(void **state)
{
	await_int *aw = awaitable(adds_recorder, 7);
	int value, rc;

	(void)state;
	spoil_stack();
	rc = await_wait(aw, &value);
	await_sink_remove(&recorder);
	assert_int_equal(rc, 0);
	assert_int_equal(value, 7);
	assert_int_equal(seen_count, 1);
	assert_event(0, AWAIT_EVENT_EXEC_END, await_id(aw), 0);
	assert_int_equal(seen[0].state, AWAIT_RESOLVED);
	assert_int_equal(seen[0].latency_ns, 0);
	await_unref(aw);
}

static void hits_of_awaits_made_before_are_emitted(void **state)
{
	await_int *resolved = awaitable(leaf, 1), *pending = awaitable(leaf, 2);
	await_int *now = await_nowait(int, 3);

	(void)state;
	assert_int_equal(await_get(resolved), 1);
	assert_int_equal(await_sink_add(&recorder), 0);
	assert_int_equal(await_get(resolved), 1);
	assert_event(0, AWAIT_EVENT_HIT, await_id(resolved), 0);
	assert_int_equal(await_get(pending), 2);
	assert_int_equal(await_get(pending), 2);
	assert_event(3, AWAIT_EVENT_HIT, await_id(pending), 0);
	assert_int_equal(await_get(now), 3);
	assert_event(4, AWAIT_EVENT_HIT, await_id(now), 0);
	assert_int_equal(await_sink_remove(&recorder), 0);
	assert_int_equal(await_get(resolved), 1);
	assert_int_equal(seen_count, 5);
	/* The fast path of a hit compares the whole word with this. */
	assert_int_equal(atomic_load_explicit(&resolved->head.state,
					      memory_order_relaxed),
			 AWAIT_RESOLVED);
	await_unref(resolved);
	await_unref(pending);
	await_unref(now);
}

static void misuse_returns_an_error(void **state)
{
	struct await_sink bad = { .event = NULL };
	struct await_sink many[9];
	int rc = 0, added = 0;

	(void)state;
	assert_int_equal(await_sink_add(NULL), -EINVAL);
	assert_int_equal(await_sink_add(&bad), -EINVAL);
	bad = (struct await_sink){ .event = record, .events = 1u << 31 };
	assert_int_equal(await_sink_add(&bad), -EINVAL);
	assert_int_equal(await_sink_remove(&bad), -ENOENT);
	assert_int_equal(await_sink_remove(NULL), -ENOENT);
	assert_int_equal(await_sink_add(&recorder), 0);
	assert_int_equal(await_sink_add(&recorder), -EALREADY);
	assert_int_equal(await_sink_remove(&recorder), 0);
	assert_int_equal(await_sink_remove(&recorder), -ENOENT);
	for (int i = 0; i < 9 && rc == 0; i++, added += rc == 0) {
		many[i] = (struct await_sink){ .event = record };
		rc = await_sink_add(&many[i]);
	}
	assert_int_equal(added, 8);
	assert_int_equal(rc, -ENOSPC);
	for (int i = 0; i < 8; i++)
		assert_int_equal(await_sink_remove(&many[i]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_plain_process_is_not_armed),
		TEST(a_sink_receives_only_the_types_it_requests),
		TEST(an_end_is_emitted_though_its_begin_was_not),
		TEST(hits_of_awaits_made_before_are_emitted),
		TEST(misuse_returns_an_error),
	};

	alarm(120);
	return cmocka_run_group_tests_name("sink_add", tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Which events a sink receives, in which order, and what they say. */
#include "sink.h"

static int nest(int *out, int x)
{
	await_int *aw = awaitable(leaf, x);
	int rc = await_wait(aw, out);

	await_unref(aw);
	return rc;
}
AWAITABLE(int, nest, (int, x));

static void a_life_emits_every_event_in_order(void **state)
{
	await_int *aw;
	uint64_t id;

	(void)state;
	assert_int_equal(await_sink_add(&recorder), 0);
	aw = awaitable(leaf, 7);
	id = await_id(aw);
	failures_left = 1;
	assert_int_equal(await_wait(aw, NULL), -EIO);
	assert_int_equal(await_get(aw), 7);
	assert_int_equal(await_get(aw), 7);
	await_unref(aw);
	assert_int_equal(await_sink_remove(&recorder), 0);

	assert_int_equal(seen_count, 7);
	assert_event(0, AWAIT_EVENT_CREATE, id, 0);
	assert_int_equal(seen[0].state, AWAIT_PENDING);
	assert_string_equal(seen[0].site->func->name, "leaf");
	assert_event(1, AWAIT_EVENT_EXEC_BEGIN, id, 0);
	assert_int_equal(seen[1].attempt, 1);
	assert_int_equal(seen[1].source, AWAIT_RUN_WAIT);
	assert_event(2, AWAIT_EVENT_EXEC_END, id, 0);
	assert_int_equal(seen[2].state, AWAIT_FAILED);
	assert_int_equal(seen[2].error, -EIO);
	assert_event(3, AWAIT_EVENT_EXEC_BEGIN, id, 0);
	assert_int_equal(seen[3].attempt, 2);
	assert_event(4, AWAIT_EVENT_EXEC_END, id, 0);
	assert_int_equal(seen[4].state, AWAIT_RESOLVED);
	assert_true(seen[4].latency_ns > 0);
	assert_event(5, AWAIT_EVENT_HIT, id, 0);
	assert_event(6, AWAIT_EVENT_DESTROY, id, 0);
	assert_int_equal(seen[6].state, AWAIT_RESOLVED);
	for (int i = 0; i < seen_count; i++)
		assert_non_null(seen[i].addr);
	assert_ptr_equal(seen[1].addr, seen[2].addr);
	assert_ptr_not_equal(seen[1].addr, seen[3].addr);
}

static void nested_awaits_name_their_parent(void **state)
{
	await_int *aw;
	uint64_t outer, inner;

	(void)state;
	assert_int_equal(await_sink_add(&recorder), 0);
	aw = awaitable(nest, 7);
	outer = await_id(aw);
	assert_int_equal(await_get(aw), 7);
	await_unref(aw);

	assert_int_equal(seen_count, 8);
	inner = seen[2].id;
	assert_event(0, AWAIT_EVENT_CREATE, outer, 0);
	assert_event(1, AWAIT_EVENT_EXEC_BEGIN, outer, 0);
	assert_event(2, AWAIT_EVENT_CREATE, inner, outer);
	assert_event(3, AWAIT_EVENT_EXEC_BEGIN, inner, outer);
	assert_event(4, AWAIT_EVENT_EXEC_END, inner, outer);
	assert_event(5, AWAIT_EVENT_DESTROY, inner, outer);
	assert_event(6, AWAIT_EVENT_EXEC_END, outer, 0);
	assert_event(7, AWAIT_EVENT_DESTROY, outer, 0);
}

static void a_wait_with_a_wrong_layout_is_no_hit(void **state)
{
	(void)state;
	assert_int_equal(await_sink_add(&recorder), 0);
	await_int *aw = await_nowait(int, 7);
	const uint32_t other = AWAIT_LAYOUT(sizeof(int), AWAIT_KIND_FLOAT);

	seen_count = 0;
	assert_int_equal(await_core_wait((struct await *)aw, other),
			 -EPROTOTYPE);
	assert_int_equal(seen_count, 1);
	assert_event(0, AWAIT_EVENT_WAIT_END, await_id(aw), 0);
	assert_int_equal(seen[0].error, -EPROTOTYPE);
	assert_int_equal(await_get(aw), 7);
	assert_event(1, AWAIT_EVENT_HIT, await_id(aw), 0);
	await_unref(aw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_life_emits_every_event_in_order),
		TEST(nested_awaits_name_their_parent),
		TEST(a_wait_with_a_wrong_layout_is_no_hit),
	};

	alarm(120);
	return cmocka_run_group_tests_name("sink_events", tests, NULL, NULL);
}

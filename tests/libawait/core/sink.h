/* SPDX-License-Identifier: MIT */
/* A sink that records the events it receives, and an await to cause some. */
#pragma once

#include "record.h"

#include <unistd.h>

AWAIT_TYPE(int, int);

static struct await_sink recorder = {
	.event = record,
	.events = AWAIT_EVENTS_ALL,
};

static int failures_left;

static int leaf(int *out, int x)
{
	*out = x;
	return failures_left-- > 0 ? -EIO : 0;
}
AWAITABLE(int, leaf, (int, x));

static int setup(void **state)
{
	(void)state;
	seen_count = failures_left = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	await_sink_remove(&recorder);
	return 0;
}

__attribute__((unused)) static void
assert_event(int i, enum await_event_type type, uint64_t id, uint64_t parent)
{
	assert_true(i < seen_count);
	assert_int_equal(seen[i].type, type);
	assert_int_equal(seen[i].id, id);
	assert_int_equal(seen[i].parent, parent);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

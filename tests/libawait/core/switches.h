/* SPDX-License-Identifier: MIT */
/* A sink of all types of events, each with one or two switches, all off at the
 * begin of a test. */
#pragma once

#include "unit.h"

#include <unistd.h>

AWAIT_TYPE(int, int);

static atomic_int seen[AWAIT_EVENT_COUNT];

static void count(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	atomic_fetch_add_explicit(&seen[event->type], 1, memory_order_relaxed);
}

static AWAIT_ATOMIC(int) one[AWAIT_EVENT_COUNT], two[AWAIT_EVENT_COUNT];
static struct await_switch switches[AWAIT_EVENT_COUNT];
/* The types whose operations read two switches; the others read one. */
static const enum await_event_type pairs[] = {
	AWAIT_EVENT_CREATE,
	AWAIT_EVENT_EXEC_BEGIN,
	AWAIT_EVENT_HIT,
};
static struct await_sink switched = {
	.event = count,
	.events = AWAIT_EVENTS_ALL,
};

static void turn(AWAIT_ATOMIC(int) * words, enum await_event_type type, int on)
{
	atomic_store_explicit(&words[type], on, memory_order_relaxed);
}

static int total(void)
{
	int sum = 0;

	for (int i = 0; i < AWAIT_EVENT_COUNT; i++) {
		sum += seen[i];
		seen[i] = 0;
	}
	return sum;
}

static int setup(void **state)
{
	(void)state;
	for (int i = 0; i < AWAIT_EVENT_COUNT; i++) {
		turn(one, (enum await_event_type)i, 0);
		turn(two, (enum await_event_type)i, 0);
		switches[i] = (struct await_switch){ { &one[i], NULL } };
	}
	for (int i = 0; i < 3; i++)
		switches[pairs[i]].on[1] = &two[pairs[i]];
	total();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	await_sink_remove(&switched);
	return 0;
}

static int leaf(int *out, int rc)
{
	*out = 1;
	return rc;
}
AWAITABLE(int, leaf, (int, rc));

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

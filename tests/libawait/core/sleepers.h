/* SPDX-License-Identifier: MIT */
/* A sink that counts the waits that fall asleep, for tests that go on only when
 * one does. */
#pragma once

#include "unit.h"

static atomic_int sleepers;

static void count_sleeper(struct await_sink *sink, const struct await_event *e)
{
	(void)sink;
	(void)e;
	atomic_fetch_add_explicit(&sleepers, 1, memory_order_relaxed);
}

static struct await_sink sleeper_sink = {
	.event = count_sleeper,
	.events = AWAIT_EVENT_BIT(AWAIT_EVENT_BLOCK_BEGIN),
};

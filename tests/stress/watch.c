/* SPDX-License-Identifier: MIT */
/* See watch.h. */
#include "watch.h"

#include <await/sink.h>

AWAIT_ATOMIC(uint32_t) watch_judged;

static AWAIT_ATOMIC(uint32_t) window; /* odd: open */
static AWAIT_ATOMIC(uint32_t) all_hits, all_creations;
static __thread uint32_t own_hits, own_creations;

static void count(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	if (event->type == AWAIT_EVENT_HIT) {
		own_hits++;
		tally_one(&all_hits);
	} else {
		own_creations++;
		tally_one(&all_creations);
	}
}

static struct await_sink sink = {
	.event = count,
	.events = AWAIT_EVENT_BIT(AWAIT_EVENT_HIT) |
		  AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE),
};

struct watched watch_begin(void)
{
	/* Acquire: what follows happens after the arming; partner: the
	 * exchange in watch_open(). */
	return (struct watched){
		atomic_load_explicit(&window, memory_order_acquire),
		own_hits,
		own_creations,
	};
}

void watch_end(const struct record *record, const struct watched *before,
	       uint32_t hits, uint32_t creations)
{
	/* The operation ended with a load that acquires, or stored; a window
	 * that is still the same here was still open there. */
	if (before->window % 2 == 0 ||
	    atomic_load_explicit(&window, memory_order_acquire) !=
		    before->window)
		return;
	oracle_equal(record, "hits seen in a window", hits,
		     own_hits - before->hits);
	oracle_equal(record, "creations seen in a window", creations,
		     own_creations - before->creations);
	tally_one(&watch_judged);
}

bool watch_open(void)
{
	int rc;

	atomic_store_explicit(&all_hits, 0, memory_order_relaxed);
	atomic_store_explicit(&all_creations, 0, memory_order_relaxed);
	rc = await_sink_add(&sink);
	if (rc == -ENOSYS)
		return false;
	oracle_equal(NULL, "result of await_sink_add()", 0, (int64_t)rc);
	/* An exchange, here and below: no store moves before or after it. */
	atomic_exchange(&window, tally(&window) + 1);
	return true;
}

void watch_close(void)
{
	atomic_exchange(&window, tally(&window) + 1);
	oracle_equal(NULL, "result of await_sink_remove()", 0,
		     (int64_t)await_sink_remove(&sink));
}

uint32_t watch_hits(void)
{
	return tally(&all_hits);
}

uint32_t watch_creations(void)
{
	return tally(&all_creations);
}

/* SPDX-License-Identifier: MIT */
/* See watch.h. */
#include "stress.h"
#include "watch.h"

#include <await/sink.h>

AWAIT_ATOMIC(uint32_t) watch_judged;

static AWAIT_ATOMIC(uint32_t) window; /* odd: open */
static AWAIT_ATOMIC(uint32_t) all_hits, all_creations;
static __thread uint32_t own_hits, own_creations;
static AWAIT_ATOMIC(uint32_t) additions; /* odd: added */
static __thread enum await_state woke_to;
static __thread uint64_t waited_for; /* 0: nobody says how that wait ended */
static __thread int waited;

static void count(struct await_sink *sink, const struct await_event *event)
{
	uint32_t addition = tally(&additions);

	(void)sink;
	if (event->type == AWAIT_EVENT_HIT) {
		if (++own_hits % 512 == 0)
			breathe();
		tally_one(&all_hits);
	} else {
		own_creations++;
		tally_one(&all_creations);
	}
	oracle_equal(NULL, "called while added", 1, addition % 2);
	oracle_equal(NULL, "removed while called", addition, tally(&additions));
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
	tally_one(&additions);
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
		     (uint64_t)await_sink_remove(&sink));
	tally_one(&additions);
}

uint32_t watch_hits(void)
{
	return tally(&all_hits);
}

uint32_t watch_creations(void)
{
	return tally(&all_creations);
}

static void ignore(struct await_sink *unused, const struct await_event *event)
{
	(void)unused;
	(void)event;
}

/* With a switch that is off, which must not keep anything from ours. */
static void others_come_and_go(void)
{
	static AWAIT_ATOMIC(int) off;
	static const struct await_switch switches[AWAIT_EVENT_COUNT] = {
		[AWAIT_EVENT_HIT] = { { &off, NULL } },
	};
	static struct await_sink other = {
		.event = ignore,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_HIT),
	};

	oracle_equal(NULL, "result of adding another sink", 0,
		     (uint64_t)await_sink_add_switched(&other, switches));
	oracle_equal(NULL, "result of removing another sink", 0,
		     (uint64_t)await_sink_remove(&other));
}

void watch_come_and_go(void)
{
	uint64_t random = random_of(me);

	while (crowd_works() && watch_open()) {
		uint32_t until =
			crowd_steps() + (uint32_t)(random_next(&random) % 200);

		if (until % 4 == 0)
			others_come_and_go();
		while (crowd_works() && (int32_t)(until - crowd_steps()) > 0)
			breathe();
		watch_close();
	}
}

static void hold_up(struct await_sink *unused, const struct await_event *event)
{
	static __thread uint32_t count;

	(void)unused;
	switch (event->type) {
	case AWAIT_EVENT_WAIT_END:
		waited_for = event->id;
		waited = event->error;
		break;
	case AWAIT_EVENT_BLOCK_END:
		woke_to = event->state;
		break;
	default:
		/* What waits ended inside that run is no news. */
		waited_for = 0;
		if (count++ % 8 == 0)
			breathe();
	}
}

void watch_brake(bool on)
{
	static struct await_sink brake = {
		.event = hold_up,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_END) |
			  AWAIT_EVENT_BIT(AWAIT_EVENT_RESOLVE) |
			  AWAIT_EVENT_BIT(AWAIT_EVENT_CANCEL) |
			  AWAIT_EVENT_BIT(AWAIT_EVENT_BLOCK_END) |
			  AWAIT_EVENT_BIT(AWAIT_EVENT_WAIT_END),
	};
	int rc = on ? await_sink_add(&brake) : await_sink_remove(&brake);

	if (rc != -ENOSYS && rc != -ENOENT)
		oracle_equal(NULL, "result of the brake's sink", 0,
			     (uint64_t)rc);
}

enum await_state watch_awake(void)
{
	enum await_state state = woke_to;

	woke_to = AWAIT_FREE;
	return state;
}

void watch_waits(void)
{
	waited_for = 0;
}

void watch_waited(const struct record *record, uint64_t id, int rc)
{
	if (waited_for == id)
		oracle_equal(record, "how a wait ended", (uint64_t)rc,
			     (uint64_t)waited);
}

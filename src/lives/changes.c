/* SPDX-License-Identifier: MIT */
/* See changes.h. */
#include "lives/changes.h"

#include "lives/alive.h"
#include "lives/threads.h"

#include <await/sink.h>

#include <stdlib.h>

static int tell(const struct lives *lives, const struct lives_change *change)
{
	return lives->told(lives->told_data, change);
}

/* Who was there: a thread of number 0 stands for all that are not known. */
static const struct lives_thread *known(const struct lives_thread *thread)
{
	return thread && thread->tid ? thread : NULL;
}

static bool is_of_wait(enum change_kind kind)
{
	return kind == CHANGE_HIT || kind == CHANGE_SLEEP_BEGAN ||
	       kind == CHANGE_SLEEP_ENDED || kind == CHANGE_WAIT_ENDED ||
	       kind == CHANGE_REFUSED;
}

static bool begins_wait(const struct trace_event *event, enum change_kind kind)
{
	return kind == CHANGE_HIT || kind == CHANGE_SLEEP_BEGAN ||
	       kind == CHANGE_WAIT_ENDED ||
	       (kind == CHANGE_RUN_BEGAN &&
		event_number(event, FIELD_SOURCE) != AWAIT_RUN_START);
}

static void add_run(struct lives_change *change,
		    const struct lives_await *await)
{
	change->attempt = await->run.attempt;
	change->by_start = await->run.by_start;
	change->within_known = await->run.within_known;
	change->within = await->run.within;
	change->began_known = await->running && !await->run.before;
	change->began = await->run.began;
}

/* It says itself how long it took. */
static void add_run_end(struct lives_change *change,
			const struct lives_await *await,
			const struct trace_event *event)
{
	uint64_t took = event_number(event, FIELD_LATENCY);

	if (await->running)
		add_run(change, await);
	else
		change->within_known = false;
	if (change->began_known || took > INT64_MAX)
		return;
	change->began_known = true;
	change->began = event->time - (int64_t)took;
}

static void add_life(struct lives_change *change,
		     const struct lives_await *await)
{
	change->began_known = await->created;
	change->began = await->created_at;
}

static struct lives_change said(const struct moment *now, enum change_kind kind)
{
	const struct trace_event *event = now->event;
	enum event_field within =
		is_of_wait(kind) ? FIELD_WAITER : FIELD_PARENT;
	enum event_field state =
		kind == CHANGE_RUN_ENDED || kind == CHANGE_SETTLED ?
			FIELD_OUTCOME :
			FIELD_STATE;

	return (struct lives_change){
		.kind = kind,
		.await = now->await,
		.thread = known(now->thread),
		.time = event->time,
		.within_known = event_has(event, within),
		.within = event_number(event, within),
		.addr = event_number(event, FIELD_ADDR),
		.first_wait = !now->await->waited && begins_wait(event, kind),
		.attempt = (uint32_t)event_number(event, FIELD_ATTEMPT),
		.by_start =
			event_number(event, FIELD_SOURCE) == AWAIT_RUN_START,
		.state = (uint8_t)event_number(event, state),
		.error = (int32_t)event_number(event, FIELD_ERROR),
	};
}

int changes_tell(const struct moment *now, enum change_kind kind)
{
	struct lives_change change;

	if (!now->lives->told)
		return 0;
	change = said(now, kind);
	if (kind == CHANGE_RUN_ENDED)
		add_run_end(&change, now->await, now->event);
	if (kind == CHANGE_END)
		add_life(&change, now->await);
	return tell(now->lives, &change);
}

int changes_sleep(struct lives *lives, struct lives_thread *thread,
		  const struct lives_wait *wait, enum change_end end,
		  int64_t time, const struct trace_event *event)
{
	struct moment now = { .lives = lives,
			      .thread = thread,
			      .event = event };
	struct lives_change change = { .kind = CHANGE_SLEEP_ENDED,
				       .thread = known(thread),
				       .time = time,
				       .addr = wait->addr };
	struct lives_await *await;

	if (!lives->told)
		return 0;
	now.await = alive_find(lives, thread->process, wait->id);
	if (!now.await)
		return 0;
	if (event)
		change = said(&now, CHANGE_SLEEP_ENDED);
	change.await = await = now.await;
	change.end = end;
	change.began_known = !wait->before;
	change.began = wait->began;
	if (end == ENDED_SEEN && await->settled &&
	    (wait->before || await->settled_at >= wait->began)) {
		change.waker = known(await->settled_by);
		change.woken_at = await->settled_at;
	}
	return tell(lives, &change);
}

/* The thread of a run is known by its number. */
static const struct lives_thread *thread_of(const struct lives *lives,
					    const struct lives_await *await)
{
	return await->run.thread ?
		       threads_find(lives, await->process, await->run.thread) :
		       NULL;
}

int changes_run(const struct lives *lives, const struct lives_await *await,
		enum change_end end, int64_t time)
{
	struct lives_change change = { .kind = CHANGE_RUN_ENDED,
				       .await = await,
				       .time = time,
				       .end = end,
				       .addr = await->run.addr };

	if (!lives->told || !await->running)
		return 0;
	change.thread = thread_of(lives, await);
	add_run(&change, await);
	return tell(lives, &change);
}

int changes_end(const struct lives *lives, const struct lives_await *await,
		enum change_end end, int64_t time)
{
	struct lives_change change = {
		.kind = CHANGE_END, .await = await, .time = time, .end = end
	};

	if (!lives->told)
		return 0;
	add_life(&change, await);
	return tell(lives, &change);
}

static enum change_end end_of(const struct lives_process *process)
{
	return process->has_ended ? ENDED_BY_PROCESS : ENDED_BY_TRACE;
}

static int finish_sleeps(struct lives *lives)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < lives->thread_count; i++) {
		struct lives_thread *thread = lives->threads[i];

		for (size_t k = 0; rc == 0 && k < thread->count; k++)
			rc = changes_sleep(lives, thread, &thread->waits[k],
					   end_of(thread->process),
					   lives_end_of(lives, thread->process),
					   NULL);
	}
	return rc;
}

static int by_process_and_id(const void *left, const void *right)
{
	const struct lives_await *a = *(struct lives_await *const *)left;
	const struct lives_await *b = *(struct lives_await *const *)right;
	size_t x = a->process->index, y = b->process->index;

	if (x != y)
		return x < y ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

/* The order of a table is by chance. */
static const struct lives_await **sorted(const struct lives *lives,
					 size_t *count)
{
	const struct lives_await **all =
		calloc(lives->by_id.size + 1, sizeof(*all));

	*count = 0;
	for (size_t i = 0; all && i < lives->by_id.size; i++)
		if (lives->by_id.slots[i].item)
			all[(*count)++] = lives->by_id.slots[i].item;
	if (all)
		qsort(all, *count, sizeof(*all), by_process_and_id);
	return all;
}

int changes_finish(struct lives *lives)
{
	const struct lives_await **all;
	size_t count;
	int rc;

	if (!lives->told)
		return 0;
	all = sorted(lives, &count);
	rc = all ? finish_sleeps(lives) : -1;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		enum change_end end = end_of(all[i]->process);
		int64_t time = lives_end_of(lives, all[i]->process);

		rc = changes_run(lives, all[i], end, time);
		if (rc == 0)
			rc = changes_end(lives, all[i], end, time);
	}
	free(all);
	return rc;
}

/* SPDX-License-Identifier: MIT */
/* See lives.h. */
#include "lives/lives.h"

#include "common/array.h"
#include "lives/alive.h"
#include "lives/asleep.h"
#include "lives/await_events.h"
#include "lives/changes.h"
#include "lives/edges.h"
#include "lives/events_known.h"
#include "lives/processes.h"
#include "lives/sites.h"
#include "lives/stacks.h"
#include "lives/threads.h"

#include <await/core.h>

#include <stdlib.h>

static const struct events_reader reader = {
	.name = "awaitctl",
	.needs = {
		[EVENT_CREATE] = NEEDS(ID) | NEEDS(LINE) | NEEDS(FUNCTION) |
				 NEEDS(TYPE) | NEEDS(FILE),
		[EVENT_EXEC_BEGIN] = NEEDS(ID) | NEEDS(ATTEMPT) | NEEDS(ADDR) |
				     NEEDS(FUNCTION) | NEEDS(TYPE),
		[EVENT_EXEC_END] = NEEDS(ID) | NEEDS(OUTCOME) | NEEDS(ERROR) |
				   NEEDS(LATENCY),
		[EVENT_HIT] = NEEDS(ID),
		[EVENT_BLOCK_BEGIN] = NEEDS(ID) | NEEDS(ADDR),
		[EVENT_BLOCK_END] = NEEDS(ID),
		[EVENT_WAIT_END] = NEEDS(ID) | NEEDS(STATE) | NEEDS(ERROR),
		[EVENT_NAME] = NEEDS(ID) | NEEDS(NAME),
		[EVENT_DESTROY] = NEEDS(ID) | NEEDS(STATE),
		[EVENT_RESOLVE] = NEEDS(ID) | NEEDS(OUTCOME),
		[EVENT_CANCEL] = NEEDS(ID),
		[EVENT_CYCLE] = NEEDS(ID),
		[EVENT_DUMP_LIVE] = NEEDS(ID) | NEEDS(STATE) | NEEDS(LINE) |
				    NEEDS(FUNCTION) | NEEDS(TYPE) |
				    NEEDS(FILE),
		[EVENT_DUMP_WAIT] = NEEDS(ID) | NEEDS(THREAD) | NEEDS(ADDR),
	},
};

static void note_dump(struct lives *lives, struct lives_process *process,
		      const struct trace_event *event)
{
	process->is_dumped = event->kind == EVENT_DUMP_BEGIN;
	if (process->is_dumped)
		process->dumped_at = event->time;
	else
		alive_end_dump(lives, process);
}

/* A promise that is pending then was never settled. */
static int end_await(struct moment *now, const struct lives_process *process)
{
	uint64_t id = event_number(now->event, FIELD_ID);
	uint64_t state = event_number(now->event, FIELD_STATE);
	struct lives_await *await = alive_find(now->lives, process, id);

	if (!await || await->gone)
		return 0;
	await->promise = await->promise && state == AWAIT_PENDING;
	await->failed = await->failed || state == AWAIT_FAILED;
	now->await = await;
	return alive_end(now);
}

/* Of an await, or of a dump of all. */
static int take(struct lives *lives, struct lives_process *process,
		struct lives_thread *thread, const struct trace_event *event)
{
	struct moment now = { lives, NULL, thread, event,
			      choice_has_event(lives, event) };

	if (event->kind == EVENT_DUMP_BEGIN || event->kind == EVENT_DUMP_END)
		note_dump(lives, process, event);
	if (event->kind == EVENT_DESTROY)
		return end_await(&now, process);
	if (event_is_stack(event->kind)) {
		now.await = alive_find(lives, process,
				       event_number(event, FIELD_ID));
		return now.await && !now.await->gone ? stacks_take(&now) : 0;
	}
	if (!await_events_have(event->kind))
		return 0;
	now.await =
		alive_of(lives, process, event, event->kind == EVENT_CREATE);
	if (!now.await)
		return -1;
	return now.await->gone ? 0 : await_events_take(&now);
}

static int count(struct lives *lives, const struct trace_event *event)
{
	struct lives_process *process;
	struct lives_thread *thread;
	int of_process;

	if (lives_recorded(lives, event->process >> 32, event->time))
		return -1;
	if (lives->foreign || event->kind == EVENT_OTHER)
		return 0;
	if (!lives->has_origin)
		lives->origin = event->time;
	lives->has_origin = true;
	of_process = processes_event(lives, event);
	if (of_process)
		return of_process < 0 ? -1 : 0;
	process = processes_of(lives, event);
	thread = process ? threads_of(lives, process, event->vtid) : NULL;
	if (!thread)
		return -1;
	process->events++;
	/* Stacks may not be read at all. */
	if (!event_is_stack(event->kind))
		threads_note(thread, event->time);
	if (events_known(&reader, &process->seen, event, &lives->why_foreign)) {
		lives->foreign = true;
		return 0;
	}
	if (event->kind != EVENT_BLOCK_BEGIN &&
	    event->kind != EVENT_BLOCK_END &&
	    asleep_end_all(lives, thread, event->time))
		return -1;
	return take(lives, process, thread, event);
}

int lives_event(struct lives *lives, const struct trace_event *event)
{
	if (lives->out_of_memory)
		return -1;
	lives->out_of_memory = count(lives, event) != 0;
	return lives->out_of_memory ? -1 : 0;
}

int lives_recorded(struct lives *lives, int64_t host, int64_t time)
{
	size_t i = (size_t)host;

	while (lives->end_count <= i) {
		int64_t *larger = array_grow(lives->ends, lives->end_count,
					     sizeof(*larger));

		lives->out_of_memory |= !larger;
		if (!larger)
			return -1;
		lives->ends = larger;
		larger[lives->end_count++] = INT64_MIN;
	}
	if (time > lives->ends[i])
		lives->ends[i] = time;
	return 0;
}

void lives_discarded(struct lives *lives, uint64_t count)
{
	if (count)
		lives->discarded += count;
	else
		lives->uncounted++;
}

int64_t lives_end_of(const struct lives *lives,
		     const struct lives_process *process)
{
	return process->has_ended ? process->ended :
				    lives->ends[process->number >> 32];
}

static void count_asleep(const struct lives *lives)
{
	for (size_t i = 0; i < lives->thread_count; i++) {
		const struct lives_thread *thread = lives->threads[i];

		for (size_t k = 0; k < thread->count; k++) {
			const struct lives_await *await = alive_find(
				lives, thread->process, thread->waits[k].id);

			if (await && await->site &&
			    !await->process->has_ended &&
			    choice_has_unended(lives, thread->waits[k].began))
				await->site->figures.asleep++;
		}
	}
}

int lives_finish(struct lives *lives)
{
	if (!lives->out_of_memory)
		lives->out_of_memory = alive_settle(lives) != 0;
	if (!lives->out_of_memory)
		lives->out_of_memory = changes_finish(lives) != 0;
	if (!lives->out_of_memory)
		count_asleep(lives);
	return lives->out_of_memory ? -1 : 0;
}

void lives_free(struct lives *lives)
{
	alive_free(lives);
	lives_threads_free(lives);
	edges_free(lives);
	figures_free(&lives->scrap);
	sites_free(lives);
	processes_free(lives);
	table_free(&lives->by_stack);
	free(lives->ends);
}

/* SPDX-License-Identifier: MIT */
/* See model_unfinished.h. Runs are found in the awaits; waits in the threads.
 */
#include "awaitctl/report/model_unfinished.h"

#include "awaitctl/common/say.h"
#include "common/array.h"

#include <stdlib.h>
#include <string.h>

struct model_thread {
	const struct model_process *process;
	int64_t tid;
	struct model_unfinished *waits;
	size_t count; /* of them; several in await_wait_any() */
	/* The wait that ended last. */
	const struct model_await *ended;
	int64_t ended_at;
};

static bool same_thread(const void *item, const void *key)
{
	const struct model_thread *a = item, *b = key;

	return a->process == b->process && a->tid == b->tid;
}

static uint64_t hash_thread(const struct model_thread *key)
{
	return hash_number(hash_number(0, (uintptr_t)key->process),
			   (uint64_t)key->tid);
}

static struct model_thread *
thread_of(struct model *model, const struct model_process *process, int64_t tid)
{
	const struct model_thread key = { .process = process, .tid = tid };
	void **place = must(table_place(&model->by_thread, hash_thread(&key),
					same_thread, &key));
	struct model_thread *thread = *place;

	if (thread)
		return thread;
	*place = thread = must_calloc(1, sizeof(*thread));
	*thread = key;
	model->threads = must(array_grow(model->threads, model->thread_count,
					 sizeof(*model->threads)));
	model->threads[model->thread_count++] = thread;
	return thread;
}

static void add_wait(struct model *model, struct model_thread *thread,
		     const struct model_unfinished *wait)
{
	thread->waits = must(array_grow(thread->waits, thread->count,
					sizeof(*thread->waits)));
	thread->waits[thread->count++] = *wait;
	model->wait_count++;
}

static bool waits_for(const struct model_thread *thread,
		      const struct model_await *await)
{
	for (size_t i = 0; i < thread->count; i++)
		if (thread->waits[i].await == await)
			return true;
	return false;
}

void unfinished_begin_run(struct model_await *await,
			  const struct trace_event *event)
{
	await->run =
		(struct model_run){ .thread = event->vtid,
				    .began = event->time,
				    .addr = event_number(event, FIELD_ADDR) };
}

void unfinished_begin_wait(struct model *model, struct model_await *await,
			   const struct trace_event *event)
{
	struct model_thread *thread =
		thread_of(model, await->process, event->vtid);
	const struct model_unfinished wait = {
		.await = await,
		.thread = event->vtid,
		.began = event->time,
		.addr = event_number(event, FIELD_ADDR),
	};

	/* The end of this one was lost, if it is there already. */
	if (event->vtid && !waits_for(thread, await))
		add_wait(model, thread, &wait);
}

void unfinished_end_wait(struct model *model, struct model_await *await,
			 const struct trace_event *event)
{
	struct model_thread *thread =
		thread_of(model, await->process, event->vtid);

	thread->ended = await;
	thread->ended_at = event->time;
	for (size_t i = 0; i < thread->count; i++) {
		if (thread->waits[i].await != await)
			continue;
		thread->waits[i] = thread->waits[--thread->count];
		model->wait_count--;
		return;
	}
}

void unfinished_dump(struct model_process *process,
		     const struct trace_event *event)
{
	process->dumped_at = event->time;
}

void unfinished_dumped_run(struct model_await *await,
			   const struct trace_event *event)
{
	await->run = (struct model_run){
		.thread = (int64_t)event_number(event, FIELD_THREAD),
		.began = event->time,
		.addr = event_number(event, FIELD_ADDR),
		.before = true,
		.attempt = (uint32_t)event_number(event, FIELD_ATTEMPT),
	};
}

/* What the thread itself says of the time since the dump began is newer. */
void unfinished_dumped_wait(struct model *model, struct model_await *await,
			    const struct trace_event *event)
{
	int64_t tid = (int64_t)event_number(event, FIELD_THREAD);
	struct model_thread *thread = thread_of(model, await->process, tid);
	const struct model_unfinished wait = {
		.await = await,
		.thread = tid,
		.began = event->time,
		.addr = event_number(event, FIELD_ADDR),
		.before = true,
	};

	if (waits_for(thread, await) ||
	    (thread->ended == await &&
	     thread->ended_at >= await->process->dumped_at))
		return;
	add_wait(model, thread, &wait);
}

void unfinished_note(struct model *model, const struct trace_event *event)
{
	const struct model_thread key = { .process = model->latest,
					  .tid = event->vtid };
	struct model_thread *thread;

	if (!model->wait_count || !event->vtid)
		return;
	thread = table_find(&model->by_thread, hash_thread(&key), same_thread,
			    &key);
	if (!thread)
		return;
	model->wait_count -= thread->count;
	thread->count = 0;
}

static int by_beginning(const void *left, const void *right)
{
	const struct model_unfinished *a = left, *b = right;

	if (a->before != b->before)
		return a->before ? -1 : 1;
	if (a->began != b->began)
		return a->began < b->began ? -1 : 1;
	/* Of one await: the run, then those who wait. */
	if (a->await->id != b->await->id)
		return a->await->id < b->await->id ? -1 : 1;
	return a->runs != b->runs ?
		       b->runs - a->runs :
		       (a->thread > b->thread) - (a->thread < b->thread);
}

static void add_found(struct model_unfinished **found, size_t *count,
		      const struct model_unfinished *one)
{
	*found = must(array_grow(*found, *count, sizeof(**found)));
	(*found)[(*count)++] = *one;
}

static void add_run(struct model_unfinished **found, size_t *count,
		    const struct model_await *await)
{
	const struct model_unfinished run = {
		.await = await,
		.thread = await->run.thread,
		.began = await->run.began,
		.before = await->run.before,
		.runs = true,
		.addr = await->run.addr,
	};

	add_found(found, count, &run);
}

size_t unfinished_find(const struct model *model,
		       struct model_unfinished **found)
{
	size_t count = 0;

	*found = NULL;
	for (size_t i = 0; i < model->await_count && !model->ends_unknown; i++)
		if (model->awaits[i]->running &&
		    !model->awaits[i]->process->has_ended)
			add_run(found, &count, model->awaits[i]);
	for (size_t i = 0; i < model->thread_count; i++) {
		const struct model_thread *thread = model->threads[i];

		if (thread->process->belonging == BELONGS_NOT ||
		    thread->process->has_ended)
			continue;
		for (size_t k = 0; k < thread->count; k++)
			add_found(found, &count, &thread->waits[k]);
	}
	if (count)
		qsort(*found, count, sizeof(**found), by_beginning);
	return count;
}

void unfinished_free(struct model *model)
{
	for (size_t i = 0; i < model->thread_count; i++)
		free(model->threads[i]->waits);
	free(model->threads);
	table_free(&model->by_thread);
}

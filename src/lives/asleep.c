/* SPDX-License-Identifier: MIT */
/* See asleep.h. */
#include "lives/asleep.h"

#include "common/array.h"
#include "lives/alive.h"
#include "lives/changes.h"
#include "lives/critical.h"
#include "lives/threads.h"

static int add_wait(struct lives *lives, struct lives_thread *thread,
		    const struct lives_wait *wait)
{
	struct lives_await *await =
		alive_find(lives, thread->process, wait->id);
	struct lives_wait *larger =
		array_grow(thread->waits, thread->count, sizeof(*larger));

	if (!larger)
		return -1;
	thread->waits = larger;
	larger[thread->count++] = *wait;
	lives->wait_count++;
	if (await)
		await->sleepers++;
	return 0;
}

static bool waits_for(const struct lives_thread *thread, uint64_t id)
{
	for (size_t i = 0; i < thread->count; i++)
		if (thread->waits[i].id == id)
			return true;
	return false;
}

static struct lives_wait wait_of(const struct trace_event *event)
{
	return (struct lives_wait){
		.id = event_number(event, FIELD_ID),
		.began = event->time,
		.addr = event_number(event, FIELD_ADDR),
	};
}

int asleep_begin(struct lives *lives, struct lives_thread *thread,
		 const struct trace_event *event)
{
	const struct lives_wait wait = wait_of(event);

	/* The end of this one was lost, if it is there already. */
	if (!event->vtid || waits_for(thread, wait.id))
		return 0;
	return add_wait(lives, thread, &wait);
}

bool asleep_end(struct lives *lives, struct lives_thread *thread,
		const struct trace_event *event, struct lives_wait *ended)
{
	uint64_t id = event_number(event, FIELD_ID);

	thread->ended = id;
	thread->ended_at = event->time;
	for (size_t i = 0; i < thread->count; i++) {
		if (thread->waits[i].id != id)
			continue;
		*ended = thread->waits[i];
		thread->waits[i] = thread->waits[--thread->count];
		lives->wait_count--;
		return true;
	}
	return false;
}

/* What the thread itself says of the time since the dump began is newer. */
int asleep_dumped(struct lives *lives, struct lives_process *process,
		  const struct trace_event *event)
{
	int64_t tid = (int64_t)event_number(event, FIELD_THREAD);
	struct lives_thread *thread = threads_of(lives, process, tid);
	struct lives_wait wait = wait_of(event);

	wait.before = true;
	if (!thread)
		return -1;
	if (waits_for(thread, wait.id) ||
	    (thread->ended == wait.id &&
	     thread->ended_at >= process->dumped_at))
		return 0;
	return add_wait(lives, thread, &wait);
}

int asleep_woken(struct lives *lives, struct lives_thread *thread,
		 const struct lives_wait *wait, int64_t time,
		 const struct trace_event *event)
{
	struct lives_await *await =
		alive_find(lives, thread->process, wait->id);

	if (!await)
		return 0;
	if (await->sleepers)
		await->sleepers--;
	if (changes_sleep(lives, thread, wait,
			  event ? ENDED_SEEN : ENDED_UNSEEN, time, event))
		return -1;
	return critical_wake(thread, await, wait, time);
}

int asleep_end_all(struct lives *lives, struct lives_thread *thread,
		   int64_t time)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < thread->count; i++)
		rc = asleep_woken(lives, thread, &thread->waits[i], time, NULL);
	lives->wait_count -= thread->count;
	thread->count = 0;
	return rc;
}

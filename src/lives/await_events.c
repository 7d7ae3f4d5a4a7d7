/* SPDX-License-Identifier: MIT */
/* See await_events.h. What happens is counted for the await's site and for the
 * thread at once; what is only known at its end is kept in the await. */
#include "lives/await_events.h"

#include "lives/asleep.h"
#include "lives/changes.h"
#include "lives/counted.h"
#include "lives/critical.h"
#include "lives/edges.h"
#include "lives/sites.h"
#include "lives/threads.h"

#include <await/core.h>
#include <await/sink.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint64_t number(const struct moment *now, enum event_field field)
{
	return event_number(now->event, field);
}

/* Events of creations, runs and state dumps name the function, those of runs
 * not where the await was created: file is NULL. */
static int learn_site(const struct moment *now, const char *file)
{
	struct lives_await *await = now->await;
	struct lives_function *function;
	struct lives_site *site;

	if (await->site && (await->site->file || !file))
		return 0;
	function =
		await->site ?
			await->site->function :
			sites_function(now->lives, await->process,
				       event_string(now->event, FIELD_FUNCTION),
				       event_string(now->event, FIELD_TYPE));
	site = sites_site(now->lives, function, file,
			  file ? (uint32_t)number(now, FIELD_LINE) : 0);
	if (!site)
		return -1;
	await->site = site;
	return 0;
}

static int on_create(const struct moment *now)
{
	if (learn_site(now, event_string(now->event, FIELD_FILE)))
		return -1;
	now->await->created = true;
	now->await->created_at = now->event->time;
	now->await->promise = number(now, FIELD_ORIGIN) == AWAIT_PROMISE;
	counted_site(now)->created++;
	counted_thread(now)->created++;
	counted_rate(now, RATE_CREATED);
	return changes_tell(now, CHANGE_CREATED);
}

/* A wait is seen. How long the first one came after the creation is known if
 * both were. */
static int note_wait(const struct moment *now)
{
	struct lives_await *await = now->await;
	bool first = !await->waited;

	await->waited = true;
	if (!first || !await->created)
		return 0;
	return counted_duration(
		&counted_site(now)->slack, &counted_thread(now)->slack,
		(uint64_t)(now->event->time - await->created_at));
}

static void count_wait(const struct moment *now)
{
	now->await->waits += now->counts;
	counted_thread(now)->waits++;
	counted_rate(now, RATE_WAITS);
}

static void begin_run(const struct moment *now)
{
	now->await->runs++;
	now->await->running = true;
	counted_site(now)->runs++;
	counted_thread(now)->runs++;
	counted_rate(now, RATE_RUNS);
}

/* An await is running shortly before it says so. A state dump in between has
 * told of this run. */
static bool was_dumped(const struct moment *now)
{
	return now->await->running && now->await->run.before &&
	       now->await->run.attempt == number(now, FIELD_ATTEMPT);
}

static void begin_attempt(const struct moment *now)
{
	struct lives_first *first = &now->await->first;

	if (number(now, FIELD_ATTEMPT) == 1)
		*first =
			(struct lives_first){ .outcome = OUTCOME_RUNNING,
					      .counts = now->counts,
					      .began = now->event->time,
					      .addr = number(now, FIELD_ADDR) };
	else if (first->outcome == OUTCOME_RUNNING)
		/* The end of the first run was discarded; that of this run
		 * must not be taken for it. */
		first->outcome = OUTCOME_UNSEEN;
}

/* Events of 1.0 do not say what runs an await: there it was a wait. */
static struct lives_run run_of(const struct moment *now)
{
	return (struct lives_run){
		.by_start = number(now, FIELD_SOURCE) == AWAIT_RUN_START,
		.within_known = event_has(now->event, FIELD_PARENT),
		.within = number(now, FIELD_PARENT),
		.thread = now->event->vtid,
		.began = now->event->time,
		.addr = number(now, FIELD_ADDR),
		.attempt = (uint32_t)number(now, FIELD_ATTEMPT),
	};
}

static int on_begin(const struct moment *now)
{
	struct lives_await *await = now->await;

	if (learn_site(now, NULL))
		return -1;
	begin_attempt(now);
	await->inherited = false;
	if (!was_dumped(now)) {
		/* The end of the one before was lost. */
		if (changes_run(now->lives, await, ENDED_UNSEEN,
				now->event->time))
			return -1;
		begin_run(now);
	}
	if (changes_tell(now, CHANGE_RUN_BEGAN))
		return -1;
	await->run = run_of(now);
	if (critical_enter(now))
		return -1;
	if (await->run.by_start)
		return 0;
	count_wait(now);
	return note_wait(now);
}

/* Its beginning was not recorded, nor what would name its function. */
static int learn_unknown(const struct moment *now)
{
	struct lives_await *await = now->await;

	if (!await->site)
		await->site = sites_unknown(now->lives, await->process);
	return await->site ? 0 : -1;
}

static void end_first(const struct moment *now, bool failed)
{
	struct lives_first *first = &now->await->first;

	if (first->outcome != OUTCOME_RUNNING)
		return;
	first->counts = now->counts;
	first->took_ns = number(now, FIELD_LATENCY);
	first->error = (int32_t)number(now, FIELD_ERROR);
	first->outcome = failed ? OUTCOME_FAILED : OUTCOME_RESOLVED;
}

static int settle_now(const struct moment *now)
{
	now->await->settled = true;
	now->await->settled_by = now->thread;
	now->await->settled_at = now->event->time;
	return critical_settle(now);
}

static int on_end(const struct moment *now)
{
	bool failed = number(now, FIELD_OUTCOME) != AWAIT_RESOLVED;
	struct lives_await *await = now->await;

	if (await->inherited) {
		await->inherited = false;
		return 0;
	}
	if (learn_unknown(now) || changes_tell(now, CHANGE_RUN_ENDED) ||
	    critical_leave(now) || settle_now(now))
		return -1;
	if (!await->running) {
		begin_run(now);
		await->waited = true; /* or started, but nobody knows */
	}
	await->running = false;
	await->failed = failed;
	counted_site(now)->failed += failed;
	counted_thread(now)->failed += failed;
	end_first(now, failed);
	return counted_duration(&counted_site(now)->run,
				&counted_thread(now)->run,
				number(now, FIELD_LATENCY));
}

/* Told before anything else of that process. */
static int on_inherited(const struct moment *now)
{
	now->await->inherited = true;
	now->await->waited = true;
	return 0;
}

static int on_hit(const struct moment *now)
{
	if (changes_tell(now, CHANGE_HIT))
		return -1;
	now->await->hits += now->counts;
	counted_thread(now)->hits++;
	count_wait(now);
	return note_wait(now);
}

/* That wait may sleep until the end of the trace. */
static int on_block(const struct moment *now)
{
	size_t before = now->thread->count;

	if (asleep_begin(now->lives, now->thread, now->event))
		return -1;
	if (now->thread->count > before &&
	    (changes_tell(now, CHANGE_SLEEP_BEGAN) || critical_sleep(now)))
		return -1;
	return note_wait(now);
}

/* One that was asleep when the recording began slept longer than is known. */
static int on_unblock(const struct moment *now)
{
	struct lives_wait wait;
	uint64_t ns;

	if (!asleep_end(now->lives, now->thread, now->event, &wait))
		return 0;
	if (asleep_woken(now->lives, now->thread, &wait, now->event->time,
			 now->event))
		return -1;
	if (wait.before || !now->await->site)
		return 0;
	ns = (uint64_t)(now->event->time - wait.began);
	if (edges_add(now, ns))
		return -1;
	return counted_duration(&counted_site(now)->blocked,
				&counted_thread(now)->blocked, ns);
}

static int on_waiter(const struct moment *now)
{
	now->await->waited = true;
	return asleep_dumped(now->lives, now->await->process, now->event);
}

/* A wait that ran an await which was cancelled meanwhile ends twice: as its run
 * does, and without the value. */
static int on_wait_end(const struct moment *now)
{
	enum await_state state = number(now, FIELD_STATE);
	int error = (int)number(now, FIELD_ERROR);
	uint64_t *ends = now->await->ends;

	if (changes_tell(now, CHANGE_WAIT_ENDED))
		return -1;
	if (error != -ECANCELED || state != AWAIT_RESOLVED)
		count_wait(now);
	/* A function may fail with any of these errors, too. */
	if (error == -ECANCELED && state != AWAIT_FAILED)
		ends[END_CANCELLED] += now->counts;
	else if (error && state == AWAIT_FAILED && error != -ECHILD)
		ends[END_FAILED] += now->counts;
	else if (error == -ETIMEDOUT)
		ends[END_TIMED_OUT] += now->counts;
	else if (error)
		ends[END_REFUSED] += now->counts;
	return note_wait(now);
}

/* A promise is settled. */
static int on_resolve(const struct moment *now)
{
	now->await->promise = false;
	now->await->failed = number(now, FIELD_OUTCOME) != AWAIT_RESOLVED;
	return settle_now(now) || changes_tell(now, CHANGE_SETTLED) ? -1 : 0;
}

/* By whoever holds it, whether or not it is a promise. */
static int on_cancel(const struct moment *now)
{
	now->await->promise = false;
	if (!now->await->running && settle_now(now))
		return -1;
	return changes_tell(now, CHANGE_CANCELLED);
}

static int on_cycle(const struct moment *now)
{
	now->await->cycles += now->counts;
	counted_thread(now)->cycles++;
	return changes_tell(now, CHANGE_REFUSED);
}

static int on_name(const struct moment *now)
{
	char *name = strdup(event_string(now->event, FIELD_NAME));

	if (!name)
		return -1;
	free(now->await->name);
	now->await->name = name;
	return 0;
}

/* From a state dump: an await that existed when the recording began. It may be
 * called running although it has ended since. */
static int on_live(const struct moment *now)
{
	const char *file = event_string(now->event, FIELD_FILE);
	struct lives_await *await = now->await;

	if (learn_site(now, *file ? file : NULL))
		return -1;
	/* Events of 1.1 have no name there. */
	if (*event_string(now->event, FIELD_NAME) && on_name(now))
		return -1;
	await->dumped = true;
	if (number(now, FIELD_STATE) != AWAIT_RUNNING || await->runs ||
	    await->inherited)
		return 0;
	/* Whoever runs it may do nothing more. */
	if (number(now, FIELD_THREAD) &&
	    !threads_of(now->lives, await->process,
			(int64_t)number(now, FIELD_THREAD)))
		return -1;
	await->runs = 1;
	await->running = true;
	counted_site(now)->runs++;
	counted_rate(now, RATE_RUNS);
	await->waited = true;
	await->run = (struct lives_run){
		.thread = (int64_t)number(now, FIELD_THREAD),
		.began = now->event->time,
		.addr = number(now, FIELD_ADDR),
		.before = true,
		.attempt = (uint32_t)number(now, FIELD_ATTEMPT),
	};
	return 0;
}

static int (*const calls[EVENT_KINDS])(const struct moment *) = {
	[EVENT_CREATE] = on_create,
	[EVENT_EXEC_BEGIN] = on_begin,
	[EVENT_EXEC_END] = on_end,
	[EVENT_HIT] = on_hit,
	[EVENT_BLOCK_BEGIN] = on_block,
	[EVENT_BLOCK_END] = on_unblock,
	[EVENT_WAIT_END] = on_wait_end,
	[EVENT_NAME] = on_name,
	[EVENT_DUMP_LIVE] = on_live,
	[EVENT_DUMP_WAIT] = on_waiter,
	[EVENT_DUMP_INHERITED] = on_inherited,
	[EVENT_RESOLVE] = on_resolve,
	[EVENT_CANCEL] = on_cancel,
	[EVENT_CYCLE] = on_cycle,
};

bool await_events_have(enum event_kind kind)
{
	return calls[kind] != NULL;
}

int await_events_take(const struct moment *now)
{
	return calls[now->event->kind](now);
}

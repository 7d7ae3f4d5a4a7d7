/* SPDX-License-Identifier: MIT */
/* See alive.h. */
#include "lives/alive.h"

#include "lives/changes.h"
#include "lives/critical.h"
#include "lives/processes.h"
#include "lives/sites.h"
#include "lives/slowest.h"
#include "lives/stacks.h"

#include <stdlib.h>

/* Then they are forgotten all the same: the end of a dump was lost. */
enum { GONE_MAX = 1 << 16 };

static bool same_await(const void *item, const void *key)
{
	const struct lives_await *a = item, *b = key;

	return a->id == b->id && a->process == b->process;
}

static uint64_t hash_await(const struct lives_await *key)
{
	return hash_number(key->id, (uintptr_t)key->process);
}

struct lives_await *alive_find(const struct lives *lives,
			       const struct lives_process *process, uint64_t id)
{
	const struct lives_await key = {
		.process = (struct lives_process *)process, .id = id
	};

	return table_find(&lives->by_id, hash_await(&key), same_await, &key);
}

static void free_await(struct lives *lives, struct lives_await *await)
{
	stacks_drop(lives, await->stacks);
	free(await->name);
	critical_path_free(await->settled_path);
	free(await);
}

static void forget(struct lives *lives, struct lives_await *await)
{
	table_remove(&lives->by_id, hash_await(await), same_await, await);
	free_await(lives, await);
}

/* Of which an await can be a copy, and of that another. */
enum { GENERATIONS = 64 };

/* An await of which a process has not said what it runs may be a copy of its
 * parent's, which it ended before its state dump. */
static struct lives_site *guess_site(struct lives *lives,
				     const struct lives_await *await)
{
	struct lives_process *process = await->process;
	const struct lives_await *original = await;
	const struct lives_function *function;

	for (int i = 0; i < GENERATIONS && original && !original->site; i++) {
		process = processes_parent(lives, process);
		original =
			process ? alive_find(lives, process, await->id) : NULL;
	}
	if (!original || !original->site)
		return sites_unknown(lives, await->process);
	function = original->site->function;
	return sites_site(lives,
			  sites_function(lives, await->process, function->name,
					 function->type),
			  NULL, 0);
}

/* What is known of it as a whole. */
static void settle_whole(struct figures *figures,
			 const struct lives_await *await)
{
	figures->unseen += await->failed && !await->waited;
	if (await->runs > figures->most_runs)
		figures->most_runs = await->runs;
	if (!await->waited && (await->created || !await->dumped))
		figures->never_waited++;
}

/* Its run is under way, and counts. */
static bool runs(const struct lives *lives, const struct lives_await *await)
{
	return await->running && choice_has_unended(lives, await->run.began);
}

/* All but what may be under way. */
static int settle(struct lives *lives, struct lives_await *await)
{
	struct figures *figures;

	if (await->inherited && !await->site)
		return 0;
	if (!await->site)
		await->site = guess_site(lives, await);
	if (!await->site)
		return -1;
	figures = &await->site->figures;
	figures->waits += await->waits;
	figures->hits += await->hits;
	figures->cycles += await->cycles;
	for (int end = 0; end < WAIT_ENDS; end++)
		figures->ends[end] += await->ends[end];
	if (choice_has_whole(lives, await))
		settle_whole(figures, await);
	return await->first.outcome == OUTCOME_UNSEEN ?
		       0 :
		       slowest_note(lives, await);
}

static void cut_first_short(struct lives_await *await, int64_t end)
{
	if (await->first.outcome != OUTCOME_RUNNING)
		return;
	await->first.outcome = OUTCOME_CUT_SHORT;
	await->first.took_ns = (uint64_t)(end - await->first.began);
}

/* Another await has its id from now on, since the process has executed another
 * program. */
static int replace(struct lives *lives, struct lives_await *await, int64_t time)
{
	cut_first_short(await, time);
	if (settle(lives, await) ||
	    changes_run(lives, await, ENDED_BY_PROCESS, time) ||
	    changes_end(lives, await, ENDED_BY_PROCESS, time))
		return -1;
	if (await->site)
		await->site->figures.cut_short += runs(lives, await);
	forget(lives, await);
	return 0;
}

/* Of one process, or of all. */
static void forget_gone(struct lives *lives,
			const struct lives_process *process)
{
	struct lives_await **at = &lives->gone, *await;

	while ((await = *at)) {
		if (process && await->process != process) {
			at = &await->next;
			continue;
		}
		*at = await->next;
		lives->gone_count--;
		forget(lives, await);
	}
}

struct lives_await *alive_of(struct lives *lives, struct lives_process *process,
			     const struct trace_event *event, bool creates)
{
	const struct lives_await key = { .process = process,
					 .id = event_number(event, FIELD_ID) };
	struct lives_await *await;
	uint64_t hash = hash_await(&key);
	void **place;

	await = table_find(&lives->by_id, hash, same_await, &key);
	if (await && !(creates && await->created))
		return await;
	if (await && await->gone)
		forget_gone(lives, process);
	else if (await && replace(lives, await, event->time))
		return NULL;
	await = malloc(sizeof(*await));
	place = await ? table_place(&lives->by_id, hash, same_await, &key) :
			NULL;
	if (!place) {
		free(await);
		return NULL;
	}
	*await = key;
	return *place = await;
}

int alive_end(const struct moment *now)
{
	struct lives *lives = now->lives;
	struct lives_await *await = now->await;

	/* The end of its run was lost. */
	if (changes_run(lives, await, ENDED_UNSEEN, now->event->time))
		return -1;
	if (await->first.outcome == OUTCOME_RUNNING)
		await->first.outcome = OUTCOME_UNSEEN;
	await->running = false;
	if (settle(lives, await) || changes_tell(now, CHANGE_END))
		return -1;
	if (await->site && now->counts && !lives->choice.thread)
		await->site->figures.dropped += await->promise;
	if (!await->process->is_dumped) {
		forget(lives, await);
		return 0;
	}
	await->gone = true;
	await->next = lives->gone;
	lives->gone = await;
	if (++lives->gone_count == GONE_MAX)
		forget_gone(lives, NULL);
	return 0;
}

void alive_end_dump(struct lives *lives, const struct lives_process *process)
{
	if (lives->gone)
		forget_gone(lives, process);
}

static int settle_at_end(struct lives *lives, struct lives_await *await)
{
	struct lives_process *process = await->process;
	int64_t end = lives_end_of(lives, process);

	if (process->has_ended && !lives->ends_unknown)
		cut_first_short(await, end);
	if (await->first.outcome == OUTCOME_RUNNING && lives->ends_unknown)
		await->first.outcome = OUTCOME_UNSEEN;
	if (await->first.outcome == OUTCOME_RUNNING)
		await->first.took_ns = (uint64_t)(end - await->first.began);
	if (settle(lives, await))
		return -1;
	if (!await->site)
		return 0;
	if (process->has_ended)
		await->site->figures.cut_short += runs(lives, await);
	else
		await->site->figures.running += runs(lives, await);
	return 0;
}

int alive_settle(struct lives *lives)
{
	forget_gone(lives, NULL);
	for (size_t i = 0; i < lives->by_id.size; i++)
		if (lives->by_id.slots[i].item &&
		    settle_at_end(lives, lives->by_id.slots[i].item))
			return -1;
	return 0;
}

void alive_free(struct lives *lives)
{
	for (size_t i = 0; i < lives->by_id.size; i++)
		if (lives->by_id.slots[i].item)
			free_await(lives, lives->by_id.slots[i].item);
	table_free(&lives->by_id);
}

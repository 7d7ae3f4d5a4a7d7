/* SPDX-License-Identifier: MIT */
/* See life.h. */
#include "babeltrace-plugin/life.h"

#include <await/core.h>

#include <stdlib.h>
#include <string.h>

static bool same_life(const void *item, const void *key)
{
	return ((const struct life *)item)->await == key;
}

static uint64_t hash_of(const struct lives_await *await)
{
	return hash_number(0, (uintptr_t)await);
}

/* NULL without memory. */
static struct life *life_of(struct lives_told *told,
			    const struct lives_await *await)
{
	void **place =
		table_place(&told->by_await, hash_of(await), same_life, await);
	struct life *life;

	if (!place || *place)
		return place ? *place : NULL;
	life = calloc(1, sizeof(*life));
	if (!life)
		return NULL;
	life->await = await;
	life->blocked_known = true;
	return *place = life;
}

static void note(struct life_time *time, int64_t at)
{
	*time = (struct life_time){ true, at };
}

static void note_state(struct life *life, uint64_t state, int64_t error)
{
	life->state_known = true;
	life->state = state;
	life->error_known = state == AWAIT_FAILED;
	life->error = error;
}

static void forget_state(struct life *life)
{
	life->state_known = life->error_known = false;
}

static void note_run_end(struct life *life, const struct lives_change *change)
{
	if (change->end != ENDED_SEEN) {
		forget_state(life);
		return;
	}
	note_state(life, change->state, change->error);
	if (change->attempt != 1)
		return;
	note(&life->first_run_ended, change->time);
	if (change->began_known)
		note(&life->first_run, change->began);
}

static void note_sleep(struct life *life, const struct lives_change *change)
{
	if (!change->began_known || change->end == ENDED_UNSEEN)
		life->blocked_known = false;
	else
		life->blocked_ns += (uint64_t)(change->time - change->began);
}

/* What the model has counted of it. */
static void sum_up(struct life *life, const struct lives *lives)
{
	const struct lives_await *await = life->await;
	const struct lives_site *site = await->site;

	life->id = await->id;
	life->pid = await->process->vpid;
	life->pid_known = life->pid != 0;
	life->host = await->process->host;
	life->runs = await->runs;
	life->hits = await->hits;
	life->waits = await->waits;
	life->lossy = lives->discarded || lives->uncounted;
	if (!site)
		return;
	life->file = site->file;
	life->line = site->line;
	life->line_known = site->file != NULL;
	/* Of which nobody has said what it runs: sites_unknown(). */
	if (!*site->function->type &&
	    !strcmp(site->function->name, "(unknown)"))
		return;
	life->function = site->function->name;
	life->type = site->function->type;
}

static const char *const ends[] = {
	[ENDED_SEEN] = "drop",
	[ENDED_UNSEEN] = "drop",
	[ENDED_BY_PROCESS] = "process",
	[ENDED_BY_TRACE] = "trace",
};

/* Whoever drops it says in which state it is. */
static void note_last_state(struct life *life,
			    const struct lives_change *change)
{
	if (change->end == ENDED_SEEN) {
		life->state_known = true;
		life->state = change->state;
	} else if (change->await->running) {
		life->state_known = true;
		life->state = AWAIT_RUNNING;
	}
	if (life->state != AWAIT_FAILED)
		life->error_known = false;
}

/* Returns 0, or -1 without memory. */
static int note_end(struct life *life, const struct lives *lives,
		    const struct lives_change *change)
{
	sum_up(life, lives);
	life->ended_by = ends[change->end];
	life->ended_at = change->time;
	if (change->began_known)
		note(&life->created, change->began);
	else
		life->first_wait.known = false;
	note_last_state(life, change);
	if (!change->await->name)
		return 0;
	life->name = strdup(change->await->name);
	return life->name ? 0 : -1;
}

static void note_change(struct life *life, const struct lives_change *change)
{
	if (change->first_wait && !life->first_wait.known)
		note(&life->first_wait, change->time);
	switch (change->kind) {
	case CHANGE_RUN_BEGAN:
		forget_state(life);
		if (change->attempt == 1)
			note(&life->first_run, change->time);
		break;
	case CHANGE_RUN_ENDED:
		note_run_end(life, change);
		break;
	case CHANGE_SLEEP_ENDED:
		note_sleep(life, change);
		break;
	case CHANGE_SETTLED:
		note_state(life, change->state, change->error);
		break;
	case CHANGE_CANCELLED:
		forget_state(life);
		break;
	default:
		break;
	}
}

int life_take(struct lives_told *told, const struct lives *lives,
	      const struct lives_change *change, struct life **ended)
{
	struct life *life = life_of(told, change->await);

	*ended = NULL;
	if (!life)
		return -1;
	note_change(life, change);
	if (change->kind != CHANGE_END)
		return 0;
	table_remove(&told->by_await, hash_of(change->await), same_life,
		     change->await);
	if (note_end(life, lives, change)) {
		life_free(life);
		return -1;
	}
	*ended = life;
	return 0;
}

void life_free(struct life *life)
{
	free(life->name);
	free(life);
}

void lives_told_free(struct lives_told *told)
{
	for (size_t i = 0; i < told->by_await.size; i++)
		if (told->by_await.slots[i].item)
			life_free(told->by_await.slots[i].item);
	table_free(&told->by_await);
}

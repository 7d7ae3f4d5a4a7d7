/* SPDX-License-Identifier: MIT */
/*
 * The lives of awaits in a trace of Perfetto. A life is a slice on a lane: a
 * track that no other life is on at that time. The lane is chosen when the
 * await is first heard of, and the slice written when the await has ended,
 * since only then all is known of it. Likewise its creation waits for the first
 * wait, for whether a flow leads there.
 */
#include "awaitctl/export/perfetto.h"

#include "awaitctl/common/say.h"
#include "common/array.h"

#include <stdlib.h>

enum { OF_LIVES = 5 };

/* Of a process's awaits of a function; or of which none is known. */
struct lanes {
	const void *of;
	uint64_t *free;
	size_t count;
};

struct life {
	const struct lives_await *await;
	int64_t since;
	uint64_t lane;
	struct lanes *lanes;
	uint64_t creator; /* its thread's track; 0: not known, or written */
	uint64_t flow;	  /* from its creation; 0: there is none */
};

static uint64_t new_lane(struct export *to, const struct lives_await *await)
{
	struct perfetto *file = to->data;
	uint64_t lane = (uint64_t)OF_LIVES << 40 | file->lane_count++;
	char name[EXPORT_NAME_SIZE];

	snprintf(name, sizeof(name), "awaits of %s",
		 export_function(await->site));
	packets_track(&file->packets, lane,
		      perfetto_place(to, await->process)->track, name, false);
	return lane;
}

/* One that a state dump has told of is older than what lanes were free of
 * then. */
static void begin_life(struct export *to, struct life *life,
		       const struct lives_change *change)
{
	struct perfetto *file = to->data;
	const struct lives_await *await = change->await;
	const struct lives_process *process = await->process;
	bool older = !await->created && await->dumped && process->dumped_at &&
		     process->dumped_at <= change->time;

	life->since = older ? process->dumped_at : change->time;
	life->lanes = notes_of(&file->lanes,
			       await->site ? (void *)await->site->function :
					     (void *)process,
			       sizeof(*life->lanes));
	life->lane = !older && life->lanes->count ?
			     life->lanes->free[--life->lanes->count] :
			     new_lane(to, await);
}

static struct life *life_of(struct export *to,
			    const struct lives_change *change)
{
	struct perfetto *file = to->data;
	struct life *life =
		notes_of(&file->lives, change->await, sizeof(*life));

	if (life->lane)
		return life;
	begin_life(to, life, change);
	perfetto_count(to, change->await->process, COUNTER_ALIVE, 1,
		       change->time);
	return life;
}

static void put_creation(struct export *to, struct life *life)
{
	struct perfetto *file = to->data;
	const struct lives_change created = { .kind = CHANGE_CREATED,
					      .await = life->await };
	struct args args;

	if (!life->creator)
		return;
	packets_begin(&file->packets, PACKET_INSTANT, life->creator, "event",
		      args_change_name(CHANGE_CREATED));
	args = packets_args(&file->packets);
	args_change(&args, &created);
	packets_flow(&file->packets, life->flow, false);
	packets_end(&file->packets, life->await->created_at);
	life->creator = 0;
}

uint64_t perfetto_flow(struct export *to, const struct lives_change *change)
{
	struct perfetto *file = to->data;
	struct life *life = life_of(to, change);

	if (change->first_wait && life->creator) {
		life->flow = ++file->flows;
		put_creation(to, life);
		return life->flow;
	}
	return change->kind == CHANGE_HIT ? life->flow : 0;
}

static void put_slice(struct export *to, const struct life *life,
		      const struct lives_change *end)
{
	struct perfetto *file = to->data;
	struct args args;

	packets_begin(&file->packets, PACKET_BEGIN, life->lane, "life",
		      export_function(end->await->site));
	packets_end(&file->packets, life->since);
	packets_begin(&file->packets, PACKET_END, life->lane, NULL, NULL);
	args = packets_args(&file->packets);
	args_life(&args, to, end);
	packets_end(&file->packets, end->time);
}

void perfetto_live(struct export *to, struct track *track,
		   const struct lives_change *change)
{
	struct perfetto *file = to->data;
	struct life *life = life_of(to, change);
	struct lanes *lanes = life->lanes;

	if (change->kind == CHANGE_CREATED && track)
		life->creator = perfetto_thread(to, track);
	if (change->kind != CHANGE_END)
		return;
	put_creation(to, life);
	put_slice(to, life, change);
	lanes->free = must(
		array_grow(lanes->free, lanes->count, sizeof(*lanes->free)));
	lanes->free[lanes->count++] = life->lane;
	perfetto_count(to, change->await->process, COUNTER_ALIVE, -1,
		       change->time);
	notes_drop(&file->lives, change->await);
}

void perfetto_lives_free(struct perfetto *file)
{
	for (size_t i = 0; i < file->lanes.size; i++)
		if (file->lanes.slots[i].item)
			free(((struct lanes *)file->lanes.slots[i].item)->free);
	notes_free(&file->lanes);
	notes_free(&file->lives);
}

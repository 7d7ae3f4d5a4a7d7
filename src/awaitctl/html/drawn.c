/* SPDX-License-Identifier: MIT */
/* See drawn.h. */
#include "awaitctl/html/drawn.h"

#include "awaitctl/common/say.h"
#include "lives/lives.h"

#include <await/core.h>

#include <stdlib.h>

/* One that has not ended. */
struct alive {
	struct drawn_await await;
	const struct lives_process *process;
	uint32_t chain;	    /* of the run that is under way; 0: of none */
	uint64_t within_ns; /* runs in it took so long */
};

struct key {
	const struct lives_process *process;
	uint64_t id;
};

static bool same(const void *item, const void *key)
{
	const struct alive *alive = item;
	const struct key *of = key;

	return alive->process == of->process && alive->await.id == of->id;
}

static uint64_t hash_of(const struct key *key)
{
	return hash_number(hash_number(0, key->process->index), key->id);
}

static struct alive *find(const struct drawn *drawn,
			  const struct lives_process *process, uint64_t id)
{
	const struct key key = { process, id };

	return table_find(&drawn->alive, hash_of(&key), same, &key);
}

static struct alive *alive_of(struct drawn *drawn,
			      const struct lives_change *change)
{
	const struct key key = { change->await->process, change->await->id };
	struct alive **place =
		must(table_place(&drawn->alive, hash_of(&key), same, &key));

	if (*place)
		return *place;
	*place = must_calloc(1, sizeof(**place));
	(*place)->process = key.process;
	(*place)->await = (struct drawn_await){
		.number = ++drawn->numbers,
		.id = key.id,
		.process = places_process(&drawn->places, key.process),
		.begins = change->time,
	};
	return *place;
}

static void give_up_await(void *item)
{
	free(((struct drawn_await *)item)->name);
}

void drawn_begin(struct drawn *drawn, size_t awaits, size_t spans)
{
	*drawn = (struct drawn){
		.awaits = { .size = sizeof(struct drawn_await),
			    .most = awaits,
			    .drop = give_up_await },
		.spans = { .size = sizeof(struct drawn_span), .most = spans },
	};
	chains_begin(&drawn->chains);
}

static void note_time(struct drawn *drawn, int64_t begins, int64_t ends)
{
	if (!drawn->any || begins < drawn->begins)
		drawn->begins = begins;
	if (!drawn->any || ends > drawn->ends)
		drawn->ends = ends;
	drawn->any = true;
}

/* The await in whose run this happened; NULL: there is none, or it is not
 * known. */
static struct alive *within(const struct drawn *drawn,
			    const struct lives_change *change)
{
	if (!change->within_known || !change->within)
		return NULL;
	return find(drawn, change->await->process, change->within);
}

static struct wait_edge *edge_of(struct drawn *drawn, const struct alive *alive,
				 const struct lives_change *change)
{
	const struct alive *in = within(drawn, change);
	uint32_t from = WAITS_UNKNOWN;

	if (in)
		from = WAITS_FIRST + in->await.site;
	else if (change->within_known && !change->within)
		from = WAITS_OUTSIDE;
	return waits_edge(&drawn->waits, from, alive->await.site);
}

static void begin_run(struct drawn *drawn, struct alive *alive,
		      const struct lives_change *change)
{
	struct alive *in = within(drawn, change);
	uint32_t above = CHAINS_UNKNOWN;

	/* The beginning of that run was not recorded. */
	if (in && !in->chain)
		in->chain = chains_within(&drawn->chains, CHAINS_UNKNOWN,
					  in->await.site);
	if (in)
		above = in->chain;
	else if (change->within_known && !change->within)
		above = CHAINS_ROOT;
	alive->chain = chains_within(&drawn->chains, above, alive->await.site);
	alive->within_ns = 0;
	alive->await.state = AWAIT_RUNNING;
	if (!change->by_start)
		edge_of(drawn, alive, change)->runs++;
}

/* Clocks of processors may differ a little: nothing takes less than no time. */
static uint64_t between(int64_t begins, int64_t ends)
{
	return ends > begins ? (uint64_t)(ends - begins) : 0;
}

static void end_run(struct drawn *drawn, struct alive *alive,
		    const struct lives_change *change)
{
	bool known = change->end == ENDED_SEEN && change->began_known;
	uint64_t took = known ? between(change->began, change->time) : 0;
	struct alive *in = within(drawn, change);
	struct chain *chain;

	if (!alive->chain)
		alive->chain = chains_within(&drawn->chains, CHAINS_UNKNOWN,
					     alive->await.site);
	chain = &drawn->chains.nodes[alive->chain];
	if (known) {
		chain->runs++;
		if (took > alive->within_ns)
			chain->self_ns += took - alive->within_ns;
	} else {
		chain->unended++;
	}
	if (in && in->chain)
		in->within_ns += took;
	alive->chain = 0;
	alive->within_ns = 0;
	alive->await.runs++;
	alive->await.state = change->end == ENDED_SEEN	   ? change->state :
			     change->end == ENDED_BY_TRACE ? AWAIT_RUNNING :
							     0;
}

static void end_sleep(struct drawn *drawn, struct alive *alive,
		      const struct lives_change *change)
{
	if (change->end != ENDED_SEEN)
		return;
	if (change->began_known) {
		struct wait_edge *edge = edge_of(drawn, alive, change);

		edge->slept_ns += between(change->began, change->time);
	}
}

/* What it is worth to be drawn. */
static uint64_t worth(const struct drawn_span *span)
{
	if (span->end == ENDED_BY_TRACE || span->end == ENDED_BY_PROCESS)
		return UINT64_MAX;
	return between(span->begins, span->ends);
}

/* A run or a sleep. What is not known of it takes no time. */
static void add_span(struct drawn *drawn, struct alive *alive,
		     const struct lives_change *change)
{
	const struct alive *in = within(drawn, change);
	struct drawn_span span = {
		.await = alive->await.number,
		.within = in ? in->await.number : 0,
		.thread = places_thread(&drawn->places, change->thread),
		.waker = places_thread(&drawn->places, change->waker),
		.begins = change->began_known ? change->began : change->time,
		.ends = change->time,
		.begin_known = change->began_known,
		.sleeps = change->kind == CHANGE_SLEEP_ENDED,
		.by_start = change->by_start,
		.state = change->end == ENDED_SEEN ? change->state : 0,
		.end = change->end,
		.woken = change->waker != NULL,
		.woken_at = change->woken_at,
		.attempt = change->attempt,
		.error = change->end == ENDED_SEEN ? change->error : 0,
	};
	uint64_t *busy = &alive->await.busy;

	if (drawn->ends_unknown && span.end != ENDED_SEEN && !span.sleeps)
		span.end = ENDED_UNSEEN;
	if (span.end == ENDED_UNSEEN && span.begin_known)
		span.ends = span.begins;
	span.took = worth(&span);
	*busy = *busy + span.took < *busy ? UINT64_MAX : *busy + span.took;
	if (span.begins < alive->await.begins)
		alive->await.begins = span.begins;
	note_time(drawn, span.begins, span.ends);
	must(longest_add(&drawn->spans, &span) ? NULL : drawn);
}

static void end_await(struct drawn *drawn, struct alive *alive,
		      const struct lives_change *change)
{
	const struct key key = { alive->process, alive->await.id };
	struct drawn_await *await = &alive->await;

	await->ends = change->time;
	await->end = change->end;
	if (change->await->name)
		await->name = must_copy(change->await->name);
	note_time(drawn, await->begins, await->ends);
	must(longest_add(&drawn->awaits, await) ? NULL : drawn);
	free(table_remove(&drawn->alive, hash_of(&key), same, &key));
}

static void take(struct drawn *drawn, struct alive *alive,
		 const struct lives_change *change)
{
	struct drawn_await *await = &alive->await;

	switch (change->kind) {
	case CHANGE_CREATED:
		await->created = true;
		await->creator = places_thread(&drawn->places, change->thread);
		break;
	case CHANGE_RUN_BEGAN:
		begin_run(drawn, alive, change);
		break;
	case CHANGE_RUN_ENDED:
		end_run(drawn, alive, change);
		add_span(drawn, alive, change);
		break;
	case CHANGE_SLEEP_BEGAN:
		edge_of(drawn, alive, change)->sleeps++;
		break;
	case CHANGE_SLEEP_ENDED:
		end_sleep(drawn, alive, change);
		add_span(drawn, alive, change);
		break;
	case CHANGE_HIT:
		await->hits++;
		await->state = AWAIT_RESOLVED;
		edge_of(drawn, alive, change)->hits++;
		break;
	case CHANGE_WAIT_ENDED:
		edge_of(drawn, alive, change)->others++;
		break;
	case CHANGE_SETTLED:
		await->state = change->state;
		break;
	case CHANGE_CANCELLED:
		await->state = AWAIT_CANCELLED;
		break;
	case CHANGE_REFUSED:
		edge_of(drawn, alive, change)->refused++;
		break;
	case CHANGE_END:
		end_await(drawn, alive, change);
		break;
	default:
		break;
	}
}

int drawn_take(void *data, const struct lives_change *change)
{
	struct drawn *drawn = data;
	struct alive *alive = alive_of(drawn, change);

	alive->await.site = places_site(&drawn->places, change->await->site);
	if (change->first_wait) {
		alive->await.waited = true;
		alive->await.waited_at = change->time;
	}
	take(drawn, alive, change);
	return 0;
}

void drawn_free(struct drawn *drawn)
{
	for (size_t i = 0; i < drawn->alive.size; i++)
		free(drawn->alive.slots[i].item);
	table_free(&drawn->alive);
	places_free(&drawn->places);
	chains_free(&drawn->chains);
	waits_free(&drawn->waits);
	longest_free(&drawn->awaits);
	longest_free(&drawn->spans);
}

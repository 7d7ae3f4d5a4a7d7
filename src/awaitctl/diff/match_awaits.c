/* SPDX-License-Identifier: MIT */
/* Awaits of match.h: those of one run stand in queues, one for each thread and
 * site, and those of the other take the first out of theirs; then what is left
 * does the same with one queue for all threads of a process. */
#include "awaitctl/diff/match.h"

#include "awaitctl/common/say.h"

#include <stdlib.h>

/* What a queue is of, in the numbers of run A. */
struct queue {
	uint32_t process, site, creator, created;
	uint32_t first, last; /* awaits of A */
};

struct queues {
	struct table table;
	uint32_t *next; /* for each await of A */
};

static bool same_queue(const void *item, const void *key)
{
	const struct queue *a = item, *b = key;

	return a->process == b->process && a->site == b->site &&
	       a->creator == b->creator && a->created == b->created;
}

static uint64_t hash_queue(const struct queue *key)
{
	uint64_t hash = hash_number(key->created, key->creator);

	return hash_number(hash_number(hash, key->site), key->process);
}

static void push(struct queues *queues, const struct queue *key,
		 uint32_t number)
{
	struct queue **place = must(
		table_place(&queues->table, hash_queue(key), same_queue, key));

	if (!*place) {
		*place = must_calloc(1, sizeof(**place));
		**place = *key;
		(*place)->first = RUN_NONE;
	}
	if ((*place)->first == RUN_NONE)
		(*place)->first = number;
	else
		queues->next[(*place)->last] = number;
	(*place)->last = number;
	queues->next[number] = RUN_NONE;
}

static uint32_t pop(struct queues *queues, const struct queue *key)
{
	struct queue *queue =
		table_find(&queues->table, hash_queue(key), same_queue, key);
	uint32_t first;

	if (!queue || queue->first == RUN_NONE)
		return RUN_NONE;
	first = queue->first;
	queue->first = queues->next[first];
	return first;
}

/* Of an await whose function nobody has named there is no site, which is one of
 * its own. */
static bool key_of(const struct run *run, const struct run_await *await,
		   bool is_a, bool by_thread, struct queue *key)
{
	uint32_t process = run->processes[await->process].match;
	uint32_t site = RUN_NONE, creator = RUN_NONE;

	if (await->match != RUN_NONE || !run_compares(run, await) ||
	    process == RUN_NONE)
		return false;
	if (await->site != RUN_NONE) {
		site = run->sites[await->site]->match;
		if (site == RUN_NONE)
			return false;
	}
	if (by_thread && await->creator != RUN_NONE) {
		creator = run->threads[await->creator]->match;
		if (creator == RUN_NONE)
			return false;
	}
	*key = (struct queue){
		.process = is_a ? await->process : process,
		.site = is_a ? await->site : site,
		.creator = !by_thread ? RUN_NONE :
			   is_a	      ? await->creator :
					creator,
		.created = await->did & DID_CREATE,
	};
	return true;
}

static void pair(struct run *a, struct run *b, bool by_thread)
{
	struct queues queues = {
		.next = must_calloc(a->await_count + 1, sizeof(uint32_t)),
	};
	struct queue key;

	for (uint32_t i = 0; i < a->await_count; i++)
		if (key_of(a, &a->awaits[i], true, by_thread, &key))
			push(&queues, &key, i);
	for (uint32_t i = 0; i < b->await_count; i++) {
		uint32_t other = RUN_NONE;

		if (key_of(b, &b->awaits[i], false, by_thread, &key))
			other = pop(&queues, &key);
		if (other == RUN_NONE)
			continue;
		b->awaits[i].match = other;
		a->awaits[other].match = i;
	}
	for (size_t i = 0; i < queues.table.size; i++)
		free(queues.table.slots[i].item);
	table_free(&queues.table);
	free(queues.next);
}

void match_awaits(struct run *a, struct run *b)
{
	pair(a, b, true);
	pair(a, b, false);
}

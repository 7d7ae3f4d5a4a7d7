/* SPDX-License-Identifier: MIT */
/* See stacks.h. */
#include "lives/stacks.h"

#include <stdlib.h>
#include <string.h>

static bool same_stack(const void *item, const void *key)
{
	const struct lives_stack *a = item;
	const struct trace_event *event = key;

	return a->depth == event->depth &&
	       a->truncated == (event_number(event, FIELD_TRUNCATED) != 0) &&
	       !memcmp(a->addrs, event->stack, a->depth * sizeof(*a->addrs));
}

static bool is_same(const void *item, const void *key)
{
	return item == key;
}

static struct lives_stack *make(const struct trace_event *event, uint64_t hash)
{
	size_t size = event->depth * sizeof(uint64_t);
	struct lives_stack *made = malloc(sizeof(*made) + size);

	if (!made)
		return NULL;
	*made = (struct lives_stack){
		.hash = hash,
		.truncated = event_number(event, FIELD_TRUNCATED) != 0,
		.depth = event->depth,
	};
	memcpy(made->addrs, event->stack, size);
	return made;
}

/* One more user of that of the event. NULL without memory. */
static struct lives_stack *use(struct lives *lives,
			       const struct trace_event *event)
{
	uint64_t hash = hash_number(event_number(event, FIELD_TRUNCATED) != 0,
				    event->depth);
	struct lives_stack *stack;
	void **place;

	for (size_t i = 0; i < event->depth; i++)
		hash = hash_number(hash, event->stack[i]);
	stack = table_find(&lives->by_stack, hash, same_stack, event);
	if (!stack) {
		stack = make(event, hash);
		place = stack ? table_place(&lives->by_stack, hash, same_stack,
					    event) :
				NULL;
		if (!place) {
			free(stack);
			return NULL;
		}
		*place = stack;
	}
	stack->users++;
	return stack;
}

static void drop(struct lives *lives, struct lives_stack *stack)
{
	if (!stack || --stack->users)
		return;
	table_remove(&lives->by_stack, stack->hash, is_same, stack);
	free(stack);
}

static int put(struct lives *lives, struct lives_await *await,
	       enum lives_stack_of of, const struct trace_event *event)
{
	struct lives_stack *stack = use(lives, event);

	if (!stack)
		return -1;
	drop(lives, await->stacks->of[of].stack);
	await->stacks->of[of].stack = stack;
	await->stacks->of[of].time = event->time;
	return 0;
}

int stacks_take(const struct moment *now)
{
	struct lives_await *await = now->await;
	const struct trace_event *event = now->event;

	if (!event->depth)
		return 0;
	if (!await->stacks)
		await->stacks = calloc(1, sizeof(*await->stacks));
	if (!await->stacks)
		return -1;
	if (event->kind != EVENT_EXEC_STACK)
		return put(now->lives, await,
			   event->kind == EVENT_HIT_STACK ? STACK_HIT :
							    STACK_CREATED,
			   event);
	/* It follows the beginning of the run, unless that was lost. */
	if (!await->running || await->run.before)
		return 0;
	if (await->run.attempt == 1 &&
	    put(now->lives, await, STACK_FIRST_RUN, event))
		return -1;
	return put(now->lives, await, STACK_RUN, event);
}

int stacks_copy(const struct lives_stacks *stacks, struct lives_stacks **copy)
{
	*copy = NULL;
	if (!stacks)
		return 0;
	*copy = malloc(sizeof(**copy));
	if (!*copy)
		return -1;
	**copy = *stacks;
	for (int of = 0; of < LIVES_STACKS; of++)
		if (stacks->of[of].stack)
			stacks->of[of].stack->users++;
	return 0;
}

void stacks_drop(struct lives *lives, struct lives_stacks *stacks)
{
	for (int of = 0; stacks && of < LIVES_STACKS; of++)
		drop(lives, stacks->of[of].stack);
	free(stacks);
}

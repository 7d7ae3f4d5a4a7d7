/* SPDX-License-Identifier: MIT */
/* See slowest.h. */
#include "lives/slowest.h"

#include "common/array.h"
#include "lives/stacks.h"

#include <stdlib.h>
#include <string.h>

int slowest_compare(const struct lives_slow *a, const struct lives_slow *b)
{
	if (a->first.took_ns != b->first.took_ns)
		return a->first.took_ns < b->first.took_ns ? 1 : -1;
	if (a->process->number != b->process->number)
		return a->process->number < b->process->number ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

static void swap(struct lives_slow *a, struct lives_slow *b)
{
	struct lives_slow other = *a;

	*a = *b;
	*b = other;
}

static void sift_up(struct lives_slow *heap, size_t i)
{
	for (; i && slowest_compare(&heap[i], &heap[(i - 1) / 2]) > 0;
	     i = (i - 1) / 2)
		swap(&heap[i], &heap[(i - 1) / 2]);
}

static void sift_down(struct lives_slow *heap, size_t count)
{
	for (size_t i = 0, child = 1; child < count; child = 2 * i + 1) {
		if (child + 1 < count &&
		    slowest_compare(&heap[child + 1], &heap[child]) > 0)
			child++;
		if (slowest_compare(&heap[child], &heap[i]) <= 0)
			return;
		swap(&heap[i], &heap[child]);
		i = child;
	}
}

static void forget(struct lives *lives, struct lives_slow *slow)
{
	stacks_drop(lives, slow->stacks);
	free(slow->name);
}

/* Puts it in the heap, in the place of the fastest if there is no room. */
static int put(struct lives *lives, struct lives_process *process,
	       const struct lives_slow *slow)
{
	struct lives_slow *larger = process->slow;

	if (process->slow_count == lives->slowest) {
		forget(lives, larger);
		*larger = *slow;
		sift_down(larger, process->slow_count);
		return 0;
	}
	larger = array_grow(larger, process->slow_count, sizeof(*larger));
	if (!larger)
		return -1;
	process->slow = larger;
	larger[process->slow_count] = *slow;
	sift_up(larger, process->slow_count++);
	return 0;
}

int slowest_note(struct lives *lives, const struct lives_await *await)
{
	struct lives_process *process = await->process;
	const struct lives_choice *choice = &lives->choice;
	struct lives_slow slow = {
		.first = await->first,
		.process = process,
		.id = await->id,
		.site = await->site,
	};

	if (!await->first.counts || await->site->left_out ||
	    (choice->failed && await->first.outcome != OUTCOME_FAILED))
		return 0;
	if (!lives->slowest || (process->slow_count == lives->slowest &&
				slowest_compare(&slow, process->slow) > 0))
		return 0;
	if (await->name) {
		slow.name = strdup(await->name);
		if (!slow.name)
			return -1;
	}
	if (stacks_copy(await->stacks, &slow.stacks) == 0 &&
	    put(lives, process, &slow) == 0)
		return 0;
	forget(lives, &slow);
	return -1;
}

void slowest_free(struct lives *lives, struct lives_process *process)
{
	for (size_t i = 0; i < process->slow_count; i++)
		forget(lives, &process->slow[i]);
	free(process->slow);
}

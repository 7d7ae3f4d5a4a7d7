/* SPDX-License-Identifier: MIT */
/* See unfinished.h. Runs are found in the awaits, waits in the threads. */
#include "lives/unfinished.h"

#include "common/array.h"
#include "lives/alive.h"
#include "lives/asleep.h"

#include <stdlib.h>

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Whether it counts that it had not ended. */
static bool is_chosen(const struct lives *lives,
		      const struct lives_unfinished *one)
{
	int64_t thread = lives->choice.thread;

	return choice_has_site(lives, one->await->site) &&
	       choice_has_time(lives, one->began) &&
	       (!thread || one->thread == thread);
}

/* Of one await: the run, then those who wait. */
static int by_beginning(const void *left, const void *right)
{
	const struct lives_unfinished *a = left, *b = right;
	const struct lives_await *x = a->await, *y = b->await;

	if (a->before != b->before)
		return a->before ? -1 : 1;
	if (a->began != b->began)
		return compare_numbers(a->began, b->began);
	if (x->process->number != y->process->number)
		return compare_numbers(x->process->number, y->process->number);
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return a->runs != b->runs ? b->runs - a->runs :
				    compare_numbers(a->thread, b->thread);
}

static int add(const struct lives *lives, struct lives_unfinished **found,
	       size_t *count, const struct lives_unfinished *one)
{
	struct lives_unfinished *larger;

	if (!is_chosen(lives, one))
		return 0;
	larger = array_grow(*found, *count, sizeof(*larger));
	if (!larger)
		return -1;
	*found = larger;
	larger[(*count)++] = *one;
	return 0;
}

static int add_run(const struct lives *lives, struct lives_unfinished **found,
		   size_t *count, const struct lives_await *await)
{
	const struct lives_unfinished run = {
		.await = await,
		.thread = await->run.thread,
		.began = await->run.began,
		.before = await->run.before,
		.runs = true,
		.addr = await->run.addr,
	};

	return add(lives, found, count, &run);
}

static int add_waits(const struct lives *lives, struct lives_unfinished **found,
		     size_t *count, const struct lives_thread *thread)
{
	for (size_t i = 0; i < thread->count; i++) {
		const struct lives_wait *wait = &thread->waits[i];
		const struct lives_unfinished one = {
			.await = alive_find(lives, thread->process, wait->id),
			.thread = thread->tid,
			.began = wait->began,
			.before = wait->before,
			.addr = wait->addr,
		};

		if (one.await && add(lives, found, count, &one))
			return -1;
	}
	return 0;
}

static int add_runs(const struct lives *lives,
		    bool (*wanted)(const struct lives_process *),
		    struct lives_unfinished **found, size_t *count)
{
	for (size_t i = 0; i < lives->by_id.size; i++) {
		const struct lives_await *await = lives->by_id.slots[i].item;

		if (await && await->running && !await->process->has_ended &&
		    wanted(await->process) &&
		    add_run(lives, found, count, await))
			return -1;
	}
	return 0;
}

int unfinished_find(const struct lives *lives,
		    bool (*wanted)(const struct lives_process *),
		    struct lives_unfinished **found, size_t *count)
{
	*found = NULL;
	*count = 0;
	if (!lives->ends_unknown && add_runs(lives, wanted, found, count))
		return -1;
	for (size_t i = 0; i < lives->thread_count; i++) {
		const struct lives_thread *thread = lives->threads[i];

		if (!thread->process->has_ended && wanted(thread->process) &&
		    add_waits(lives, found, count, thread))
			return -1;
	}
	if (*count)
		qsort(*found, *count, sizeof(**found), by_beginning);
	return 0;
}

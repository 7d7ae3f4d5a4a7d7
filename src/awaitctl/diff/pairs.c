/* SPDX-License-Identifier: MIT */
/* The order of waits in each pair of threads: see comparison.h. */
#include "awaitctl/diff/comparison.h"

#include "awaitctl/common/say.h"
#include "common/array.h"

#include <stdlib.h>

/* Where each await of B stands in the order of the thread that is looked at. */
static void place(uint32_t *places, const struct run_thread *thread, bool is)
{
	for (size_t i = 0; i < thread->count; i++)
		places[thread->waits[i]] = is ? (uint32_t)i : ORDER_ALONE;
}

static void compare(const struct comparison *comparison,
		    struct thread_pair *pair, uint32_t *of_b)
{
	const struct run *a = &comparison->run[0];
	size_t count = pair->a->count;
	uint32_t *places = must_calloc(count + 1, sizeof(*places));

	place(of_b, pair->b, true);
	for (size_t i = 0; i < count; i++) {
		uint32_t other = a->awaits[pair->a->waits[i]].match;

		places[i] = other == RUN_NONE ? ORDER_ALONE : of_b[other];
	}
	if (order_compare(&pair->order, places, count, pair->b->count))
		must(NULL);
	place(of_b, pair->b, false);
	free(places);
}

static bool differ(const struct order *order)
{
	return order->moved || order->only_a || order->only_b;
}

/* Whether what a process of one run has, the other could not have had yet. */
static bool other_ended(const struct comparison *comparison, int other,
			uint32_t process)
{
	const struct run *run = &comparison->run[other];

	return process == RUN_NONE ? comparison->ended[other] :
				     run->processes[process].process->has_ended;
}

/* Which one ends where they begin to differ could have gone on as the other. */
static enum verdict judge(const struct comparison *comparison,
			  const struct thread_pair *pair)
{
	size_t count_a = pair->a ? pair->a->count : 0;
	size_t count_b = pair->b ? pair->b->count : 0;
	size_t same = pair->order.same;
	uint32_t process;

	if (!comparison->known)
		return VERDICT_UNKNOWN;
	if (!differ(&pair->order))
		return VERDICT_SAME;
	if (same < count_a && same < count_b)
		return VERDICT_DIFFERS;
	if (same == count_a) {
		process = comparison->run[1].processes[pair->b->process].match;
		return other_ended(comparison, 0, process) ? VERDICT_DIFFERS :
							     VERDICT_UNKNOWN;
	}
	process = comparison->run[0].processes[pair->a->process].match;
	return other_ended(comparison, 1, process) ? VERDICT_DIFFERS :
						     VERDICT_UNKNOWN;
}

static void add(struct comparison *comparison, const struct run_thread *a,
		const struct run_thread *b, uint32_t *of_b)
{
	struct thread_pair pair = { .a = a, .b = b };

	if (!(a && a->count) && !(b && b->count))
		return;
	if (a && b)
		compare(comparison, &pair, of_b);
	else
		pair.order = (struct order){ .only_a = a ? a->count : 0,
					     .only_b = b ? b->count : 0 };
	pair.verdict = judge(comparison, &pair);
	if (pair.verdict == VERDICT_DIFFERS)
		comparison->verdict = VERDICT_DIFFERS;
	else if (pair.verdict == VERDICT_UNKNOWN &&
		 comparison->verdict == VERDICT_SAME)
		comparison->verdict = VERDICT_UNKNOWN;
	comparison->pairs = must(array_grow(
		comparison->pairs, comparison->pair_count, sizeof(pair)));
	comparison->pairs[comparison->pair_count++] = pair;
}

void pairs_make(struct comparison *comparison)
{
	const struct run *a = &comparison->run[0], *b = &comparison->run[1];
	uint32_t *of_b = must_calloc(b->await_count + 1, sizeof(*of_b));

	comparison->verdict =
		comparison->known ? VERDICT_SAME : VERDICT_UNKNOWN;
	for (size_t i = 0; i < b->await_count; i++)
		of_b[i] = ORDER_ALONE;
	for (size_t i = 0; i < a->thread_count; i++) {
		const struct run_thread *one = a->threads[i];

		if (a->processes[one->process].compared)
			add(comparison, one,
			    one->match == RUN_NONE ? NULL :
						     b->threads[one->match],
			    of_b);
	}
	for (size_t i = 0; i < b->thread_count; i++) {
		const struct run_thread *one = b->threads[i];

		if (b->processes[one->process].compared &&
		    one->match == RUN_NONE)
			add(comparison, NULL, one, of_b);
	}
	free(of_b);
}

/* SPDX-License-Identifier: MIT */
/* See oracle.h for the model that is checked here. */
#define _GNU_SOURCE
#include "oracle.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

__thread unsigned me;
struct scene scene;

void oracle_fail(const struct record *record, const char *what,
		 uint64_t expected, uint64_t got)
{
	static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
	static const char *const kinds[] = {
		"ready", "lazy",   "sticky", "promise",
		"part",	 "doomed", "cut",    "sour",
	};

	pthread_mutex_lock(&first); /* for good: one violation is told */
	printf("not ok %u - %u threads: %s\n", scene.test, scene.threads,
	       scene.name);
	if (record)
		printf("# await %u of round %u (%s%s, fails %u times):\n",
		       record->number, scene.round, kinds[record->kind],
		       record->wide ? ", wide" : "", record->fails);
	else
		printf("# round %u:\n", scene.round);
	printf("# %s: expected %" PRId64 ", got %" PRId64 "\n", what,
	       (int64_t)expected, (int64_t)got);
	printf("# again: -s %" PRIu64 " -t %u -r %u\n", scene.seed,
	       scene.threads, scene.round + 1);
	fflush(stdout);
	_exit(1);
}

uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint64_t random_of(unsigned who)
{
	uint64_t state = scene.seed;

	state = random_next(&state) + scene.which;
	state = random_next(&state) + scene.threads;
	state = random_next(&state) + scene.round;
	return random_next(&state) + who;
}

void oracle_agree(struct record *record, uint32_t outcome)
{
	uint32_t first = 0;

	if (!atomic_compare_exchange_strong_explicit(
		    &record->outcome, &first, outcome, memory_order_relaxed,
		    memory_order_relaxed))
		oracle_equal(record, "how it ended", first, outcome);
}

static bool has_function(const struct record *record)
{
	return record->kind != KIND_READY && record->kind != KIND_PROMISE &&
	       record->kind != KIND_PART;
}

static void settle_outcomes(struct record *r)
{
	uint32_t made = tally(&r->made), cancelled = tally(&r->cancelled);
	uint32_t begun = tally(&r->begun), settled = tally(&r->settled);

	if (made || cancelled)
		oracle_equal(r, "values and cancels", 1, made + cancelled);
	if (cancelled || settled)
		oracle_equal(r, "settled or cancelled", 1, cancelled + settled);
	if (cancelled)
		oracle_equal(r, "runs of a cancelled await", 0, begun);
	if (tally(&r->turned_down) && r->kind != KIND_READY &&
	    r->kind != KIND_PART)
		oracle_equal(r, "somebody came first", true,
			     begun + cancelled + settled != 0);
}

void oracle_settle(struct record *records, uint32_t count)
{
	for (struct record *r = records; r < records + count; r++) {
		uint32_t made = tally(&r->made);

		if (!r->aw)
			continue;
		oracle_equal(r, "in its function at the end", 0,
			     tally(&r->inside));
		oracle_equal(r, "arguments taken", has_function(r),
			     tally(&r->taken));
		oracle_equal(r, "arguments released", has_function(r),
			     tally(&r->released));
		if (r->kind != KIND_PART)
			oracle_equal(r, "values destroyed", made,
				     tally(&r->destroyed));
		oracle_equal(r, "values of parts destroyed",
			     tally(&r->parts_made), tally(&r->parts_destroyed));
		/* Each run but the last failed, if one succeeded. */
		if (made && has_function(r))
			oracle_equal(r, "runs", r->fails + 1, tally(&r->begun));
		settle_outcomes(r);
	}
}

/* SPDX-License-Identifier: MIT */
/*
 * Awaits that wait for awaits, entered by all threads at all places, in an
 * order of each thread's own, half of them with deadlines:
 *
 *     chain     all succeed, each as often as it should
 *     cut ring  the member that is refused makes a value of it. Each member
 *               runs once and waits once, so exactly one wait is refused: the
 *               first member to end cannot have waited, and once it ended no
 *               other wait can close the ring
 *     sour ring the refusal is passed on: no wait ever succeeds
 *
 * Members are kept alive by the main thread; rings hold no references.
 */
#include "stress.h"

#include <stdlib.h>

#define GROUPS 9
#define PAIRS 3
#define LONGEST 24 /* of a chain; rings have up to twice the threads */

static struct group {
	struct record *first;
	uint32_t size;
} groups[GROUPS];

static struct record *pairs;

static void make_pairs(void)
{
	pairs = records_new(2 * PAIRS);
	for (uint32_t i = 0; i < 2 * PAIRS; i++) {
		pairs[i].kind = KIND_LAZY;
		pairs[i].slow = true;
		pairs[i].target = i % 2 ? &pairs[i - 1] : NULL;
		record_make(&pairs[i]);
	}
}

static enum kind kind_of(unsigned group)
{
	static const enum kind kinds[] = { KIND_LAZY, KIND_CUT, KIND_SOUR };

	return kinds[group % 3];
}

static void make_group(unsigned which, struct record *first, uint64_t *random)
{
	struct group *group = &groups[which];
	enum kind kind = kind_of(which);
	uint32_t most = kind == KIND_LAZY ? LONGEST : 2 * scene.threads;

	group->first = first;
	group->size = 1 + (uint32_t)(random_next(random) % most);
	for (uint32_t i = 0; i < group->size; i++) {
		struct record *record = first + i;

		record->kind = kind;
		record->wide = random_next(random) % 4 == 0;
		record->slow = random_next(random) % 4 == 0;
		if (kind == KIND_LAZY) {
			record->fails = (uint32_t)(random_next(random) % 3);
			record->hasty = random_next(random) % 2 == 0;
			record->target = i == 0 ? NULL : record - 1;
		} else {
			record->target = first + (i + 1) % group->size;
		}
		record_make(record);
	}
}

static void wait_for_member(const struct group *group, uint64_t choice)
{
	struct record *record = group->first + choice % group->size;
	bool hasty = (choice >> 28) % 2 == 0;
	int rc = hasty ? record_wait_until(record, choice >> 16) :
			 record_wait(record);

	/* Given up; what this thread runs now must not be a cycle's part. */
	if (rc == -ETIMEDOUT) {
		if (record != group->first)
			record_wait(record - 1);
		return;
	}
	/* Threads are in no function here, so they are in no cycle. */
	if (record->kind == KIND_CUT)
		oracle_equal(record, "result from outside a cut ring", 0,
			     (int64_t)rc);
	if (record->kind == KIND_SOUR)
		oracle_equal(record, "result from outside a sour ring",
			     -EDEADLK, (int64_t)rc);
}

/* A chain of two is run by one thread; others come, give up at once, and run
 * what it is about to wait for. They must be seen to wait for nothing. */
static void give_up(struct record *pair, uint64_t bits)
{
	crowd_meet();
	if (bits % 2 || record_wait_until(&pair[1], 0) == -ETIMEDOUT)
		record_wait(&pair[bits % 2]);
}

static void work(unsigned who)
{
	uint64_t random = random_of(who);

	for (unsigned i = 0; i < PAIRS; i++)
		give_up(&pairs[2 * i], random_next(&random));
	for (unsigned i = 0; i < 6 * GROUPS; i++) {
		uint64_t bits = random_next(&random);

		wait_for_member(&groups[bits % GROUPS], bits >> 32);
	}
}

static void check_group(const struct group *group, bool entered)
{
	enum kind kind = group->first->kind;
	uint32_t refused = 0;

	for (uint32_t i = 0; i < group->size; i++)
		refused += tally(&group->first[i].refused);
	if (kind == KIND_LAZY)
		oracle_equal(group->first, "refusals in a chain", 0, refused);
	if (kind == KIND_CUT)
		oracle_equal(group->first, "refusals in a cut ring", entered,
			     refused);
	if (kind == KIND_SOUR)
		oracle_equal(group->first, "refused at all in a sour ring",
			     entered, refused != 0);
}

void rings_round(void)
{
	uint32_t most =
		2 * scene.threads > LONGEST ? 2 * scene.threads : LONGEST;
	struct record *records = records_new(GROUPS * most);
	uint64_t random = random_of(0);

	for (unsigned i = 0; i < GROUPS; i++)
		make_group(i, records + i * most, &random);
	make_pairs();
	crowd_run(work, NULL);
	for (unsigned i = 0; i < GROUPS; i++)
		check_group(&groups[i], tally(&groups[i].first->begun) != 0);
	for (uint32_t i = 0; i < GROUPS * most; i++)
		if (records[i].aw)
			record_drop(&records[i]);
	for (uint32_t i = 0; i < 2 * PAIRS; i++)
		record_drop(&pairs[i]);
	oracle_settle(records, GROUPS * most);
	oracle_settle(pairs, 2 * PAIRS);
	free(pairs);
	free(records);
}

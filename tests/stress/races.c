/* SPDX-License-Identifier: MIT */
/*
 * Races for how awaits end. All threads come upon the same awaits, all in one
 * order and each with a reference of its own; do something to each, settle it,
 * cancel it, wait for it, with a deadline or without; and give the reference
 * back. Every few awaits they meet, to stay close.
 *
 * A promise has one thread that offers when it comes by. It waits for nothing
 * that comes later in the order, and neither do those it waits for: of the
 * promises that are still open the first one is never stuck.
 */
#include "stress.h"
#include "watch.h"

#include <stdlib.h>

#define AWAITS 96
#define CLOSE 8 /* awaits between two meetings */

static struct record *records;

static void make(struct record *record, uint64_t bits)
{
	static const enum kind kinds[] = { KIND_PROMISE, KIND_LAZY,
					   KIND_PROMISE, KIND_PART,
					   KIND_STICKY,	 KIND_LAZY };
	uint32_t number = record->number;

	record->kind = kinds[number % 6];
	if (record->kind == KIND_LAZY) {
		record->fails = bits % 3;
		record->wide = (bits >> 2) % 4 == 0;
	}
	if (record->kind == KIND_STICKY)
		record->fails = bits % 2;
	record->slow = (bits >> 4) % 4 == 0;
	/* Parts of promises, and functions that wait for parts. */
	if (number % 6 == 3 || number % 6 == 4)
		record->target = record - 1;
	record_make(record);
	for (unsigned i = 1; i < scene.threads; i++)
		record_ref(record);
}

static void use(struct record *record, uint64_t bits)
{
	switch (bits % 8) {
	case 0:
		record_cancel(record);
		return;
	case 1:
	case 2:
		record_settle(record);
		return;
	case 3:
	case 4:
		record_wait_until(record, bits >> 3);
		return;
	case 5:
		record_wait_all((struct record *const[]){ record, record }, 2);
		return;
	default:
		record_wait(record);
		return;
	}
}

static void offer(struct record *record, uint64_t bits)
{
	if (bits % 4 == 0)
		record_cancel(record);
	else
		record_settle(record);
}

static void work(unsigned who)
{
	uint64_t random = random_of(who);

	for (unsigned i = 0; i < AWAITS; i++) {
		uint64_t bits = random_next(&random);
		struct record *record = &records[i];

		if (i % CLOSE == 0)
			crowd_meet();
		if (record->kind == KIND_PROMISE &&
		    (i + scene.round) % scene.threads == who - 1)
			offer(record, bits >> 8);
		use(record, bits >> 16);
		if (bits & 1)
			use(record, bits >> 32);
		if (bits & 2)
			use(record, bits >> 40);
		record_drop(record);
		crowd_step();
	}
}

void races_round(void)
{
	uint64_t random = random_of(0);

	records = records_new(AWAITS);
	for (uint32_t i = 0; i < AWAITS; i++)
		make(&records[i], random_next(&random));
	crowd_run(work, (crowd_helper *const[]){ watch_come_and_go, NULL });
	oracle_settle(records, AWAITS);
	free(records);
}

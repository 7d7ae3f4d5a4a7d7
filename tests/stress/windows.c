/* SPDX-License-Identifier: MIT */
/*
 * Windows whose contents are known: all threads make awaits and resolve some;
 * the first arms the sink; all hit and make a certain number; the first
 * disarms. The sink must have seen exactly these, those of awaits that were
 * made right before the arming, too.
 */
#include "stress.h"
#include "watch.h"

#include <stdlib.h>

#define EACH 24 /* awaits that a thread makes before and in a window */
#define HITS 120

static struct record *records;
static bool can_watch;

static void make(struct record *record)
{
	record->kind = record->number % 3 == 0 ? KIND_READY : KIND_LAZY;
	record->wide = record->kind == KIND_LAZY && record->number % 4 == 1;
	record_make(record);
}

static void resolve(struct record *record)
{
	oracle_equal(record, "result of its first wait", 0,
		     (int64_t)record_wait(record));
}

static void first_opens(unsigned who)
{
	crowd_meet();
	if (who == 1)
		can_watch = watch_open();
	crowd_meet();
}

static void first_closes(unsigned who)
{
	crowd_meet();
	if (who == 1 && can_watch) {
		oracle_equal(NULL, "hits seen by the sink",
			     (uint64_t)HITS * scene.threads, watch_hits());
		oracle_equal(NULL, "creations seen by the sink",
			     (uint64_t)EACH * scene.threads, watch_creations());
		watch_close();
	}
	crowd_meet();
}

static void work(unsigned who)
{
	struct record *before = records + (who - 1) * 2 * EACH;
	struct record *within = before + EACH;
	uint64_t random = random_of(who);

	for (unsigned i = 0; i < EACH; i++) {
		make(before + i);
		resolve(before + i);
	}
	first_opens(who);
	for (unsigned i = 0; i < EACH; i++)
		make(within + i);
	for (unsigned i = 0; i < HITS; i++) {
		/* Those of any thread, made before the window opened. */
		uint64_t bits = random_next(&random);
		struct record *record =
			records + (bits >> 32) % scene.threads * 2 * EACH +
			bits % EACH;

		record_wait(record);
		/* All count the same references at once. */
		record_drop(record_ref(records));
	}
	first_closes(who);
	for (unsigned i = 0; i < EACH; i++) {
		record_drop(before + i);
		record_drop(within + i);
	}
}

void windows_round(void)
{
	uint32_t count = scene.threads * 2 * EACH;

	records = records_new(count);
	crowd_run(work, NULL);
	oracle_settle(records, count);
	free(records);
}

/* SPDX-License-Identifier: MIT */
/*
 * Windows whose contents are known: all threads make awaits and resolve some;
 * the first arms the sink, while the others make, run and settle more; all hit
 * and make a certain number; the first disarms. The sink must have seen exactly
 * these, those of awaits that were made, and of awaits and promises that were
 * resolved, right before, during and after the arming.
 */
#include "stress.h"
#include "watch.h"

#include <stdlib.h>

#define EACH                                                                   \
	24 /* awaits that a thread makes before, as, and after it opens        \
	    */
#define HITS 120

#define LAST 32 /* of the small awaits that a thread makes meanwhile */
#define SMALL_MOST 500000

AWAIT_TYPE(small, uint32_t);

static struct record *records;
static bool can_watch;
static AWAIT_ATOMIC(uint32_t) opened, small_hits;
static __thread await_small *last[LAST];
static uint32_t hits_before, creations_before;

/* The awaits of a thread. */
static struct record *made_before(unsigned who)
{
	return records + (who - 1) * 3 * EACH;
}

static struct record *made_meanwhile(unsigned who)
{
	return made_before(who) + EACH;
}

static struct record *made_within(unsigned who)
{
	return made_before(who) + 2 * EACH;
}

static void make(struct record *record)
{
	static const enum kind kinds[] = { KIND_READY, KIND_LAZY,
					   KIND_PROMISE };

	record->kind = kinds[record->number % 3];
	record->wide = record->kind == KIND_LAZY && record->number % 4 == 1;
	record->slow = record->kind == KIND_LAZY && record->number % 8 == 1;
	record->kept = true;
	record_make(record);
}

/* The hits in this. */
static uint32_t resolve(struct record *record)
{
	if (record->kind == KIND_PROMISE)
		record_settle(record);
	else
		oracle_equal(record, "result of its first wait", 0,
			     (uint64_t)record_wait(record));
	return record->kind == KIND_READY;
}

static void hit(struct record *record)
{
	oracle_equal(record, "result of a hit", 0,
		     (uint64_t)record_wait(record));
}

/*
 * One after the other until the window is open: if a thread is stopped right
 * where it has looked for sinks, and another is told that it missed nothing,
 * the last one is an await whose hits nobody sees.
 */
static void make_small(void)
{
	for (uint32_t i = 0; i < SMALL_MOST && tally(&opened) == 0; i++) {
		await_small **place = &last[i % LAST];

		await_unref(*place);
		*place = i & 1 ? await_nowait(small, i) : await_promise(small);
	}
}

static uint32_t hit_small(void)
{
	uint32_t hits = 0;

	for (unsigned i = 0; i < LAST; i++) {
		struct watched before = watch_begin();
		int rc = -EINVAL;

		if (last[i]) {
			await_resolve(last[i], i);
			rc = await_wait(last[i], NULL);
			hits++;
		}
		watch_end(NULL, &before, rc == 0, 0);
		await_unref(last[i]);
		last[i] = NULL;
	}
	return hits;
}

/* While the window opens, those of before, too, are resolved. */
static void first_opens(unsigned who)
{
	crowd_meet();
	if (who == 1) {
		can_watch = watch_open();
		atomic_store_explicit(&opened, 1, memory_order_relaxed);
	} else if (scene.round % 2 == 0) {
		make_small();
	}
	for (unsigned i = 0; i < EACH; i++) {
		make(made_meanwhile(who) + i);
		resolve(made_meanwhile(who) + i);
		if (i % 2)
			resolve(made_before(who) + i);
	}
	crowd_meet();
	if (who == 1) {
		hits_before = watch_hits();
		creations_before = watch_creations();
	}
	crowd_meet();
}

static void first_closes(unsigned who)
{
	/* Each thread's own hits: once all, and those of nowaits. */
	uint64_t each = HITS + 3 * EACH + EACH / 3;

	crowd_meet();
	if (who == 1)
		atomic_store_explicit(&opened, 0, memory_order_relaxed);
	if (who == 1 && can_watch) {
		oracle_equal(NULL, "hits seen by the sink",
			     each * scene.threads + tally(&small_hits),
			     watch_hits() - hits_before);
		oracle_equal(NULL, "creations seen by the sink",
			     (uint64_t)EACH * scene.threads,
			     watch_creations() - creations_before);
		watch_close();
	}
	crowd_meet();
}

static void work(unsigned who)
{
	uint64_t random = random_of(who);
	uint32_t hits = 0;

	for (unsigned i = 0; i < EACH; i++) {
		make(made_before(who) + i);
		if (i % 2 == 0)
			resolve(made_before(who) + i);
	}
	first_opens(who);
	atomic_fetch_add_explicit(&small_hits, hit_small(),
				  memory_order_relaxed);
	for (unsigned i = 0; i < EACH; i++) {
		make(made_within(who) + i);
		hits += resolve(made_within(who) + i);
	}
	oracle_equal(NULL, "nowaits among them", EACH / 3, hits);
	for (unsigned i = 0; i < 3 * EACH; i++)
		hit(made_before(who) + i);
	for (unsigned i = 0; i < HITS; i++) {
		/* Those of any thread, made before the window opened. */
		uint64_t bits = random_next(&random);
		uint32_t other = 1 + (bits >> 32) % scene.threads;

		hit(made_before(other) + bits % (2 * EACH));
		/* All count the same references at once. */
		record_drop(record_ref(records));
	}
	first_closes(who);
	for (unsigned i = 0; i < 3 * EACH; i++)
		record_drop(made_before(who) + i);
}

void windows_round(void)
{
	uint32_t count = scene.threads * 3 * EACH;

	records = records_new(count);
	atomic_store_explicit(&small_hits, 0, memory_order_relaxed);
	crowd_run(work, NULL);
	oracle_settle(records, count);
	free(records);
}

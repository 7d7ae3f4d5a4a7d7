/* SPDX-License-Identifier: MIT */
/* The awaits of the oracle: what they call, and what threads do with them. The
 * model is in oracle.h; where it is checked, oracle_equal() says what. */
#include "oracle.h"
#include "stress.h"
#include "watch.h"

#define ERROR_BASE 5000 /* run n fails with -(ERROR_BASE + n): no errno */

struct cell {
	struct record *record;
	uint64_t value;
};

struct wide {
	struct cell cell;
	char rest[640];
};

/* --- what the awaits call --- */

static struct record *take(struct record *record)
{
	oracle_equal(record, "times its argument was taken", 1,
		     tally_one(&record->taken));
	return record;
}

/* The last to come near the await: it must see what all did before. */
static void end_of(struct record *record)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < WHO_MOST; i++)
		sum += record->touched[i];
	oracle_equal(record, "somebody held it", true, sum != 0);
}

static void release(struct record *record)
{
	oracle_equal(record, "times its argument was released", 1,
		     tally_one(&record->released));
	oracle_equal(record, "in its function as its argument is released", 0,
		     tally(&record->inside));
	if (tally(&record->made) == 0)
		end_of(record);
}

static struct record *target_take(struct record *target)
{
	return target ? record_ref(target) : NULL;
}

static void target_release(struct record *target)
{
	if (target)
		record_drop(target);
}

static void destroy(struct cell *cell)
{
	struct record *record = cell->record;

	oracle_equal(record, "value destroyed", record->value, cell->value);
	oracle_equal(record, "times its value was destroyed", 1,
		     tally_one(&record->destroyed));
	end_of(record);
}

static void destroy_wide(struct wide *wide)
{
	destroy(&wide->cell);
}

/* The number of the run. */
static uint32_t run_begin(struct record *record)
{
	uint32_t run;

	oracle_equal(record, "runs that were inside already", 0,
		     atomic_exchange_explicit(&record->inside, 1,
					      memory_order_relaxed));
	oracle_equal(record, "values made before this run", 0,
		     tally(&record->made));
	run = tally_one(&record->begun);
	if (record->slow)
		breathe();
	if (record->kind != KIND_SOUR && run > record->fails + 1)
		oracle_fail(record, "most runs", record->fails + 1, run);
	oracle_equal(record, "runs this run knows of", run, ++record->plain);
	return run;
}

static int run_end(struct record *record, uint32_t run, int rc)
{
	if (rc == 0)
		oracle_equal(record, "times its value was made", 1,
			     tally_one(&record->made));
	atomic_store_explicit(&record->inside, 0, memory_order_relaxed);
	atomic_store_explicit(&record->ended, run, memory_order_relaxed);
	return rc;
}

static int run(struct record *record)
{
	uint32_t run = run_begin(record);
	int rc = 0;

	if (record->kind == KIND_CUT || record->kind == KIND_SOUR) {
		rc = record_wait(record->target);
		if (rc == -EDEADLK)
			tally_one(&record->refused);
		if (record->kind == KIND_CUT)
			rc = 0;
	} else if (record->target) {
		/* Its failures are its own business: try until it is done. */
		while (record_wait(record->target) != 0)
			continue;
	}
	if (record->kind == KIND_DOOMED && record->sent_away)
		send_away(record);
	else if (record->kind == KIND_DOOMED)
		record_drop(record);
	if (run <= record->fails)
		rc = -(int)(ERROR_BASE + run);
	return run_end(record, run, rc);
}

static int produce(struct cell *out, struct record *record,
		   struct record *target)
{
	int rc = run(record);

	(void)target;
	if (rc == 0)
		*out = (struct cell){ record, record->value };
	return rc;
}

static int produce_wide(struct wide *out, struct record *record,
			struct record *target)
{
	return produce(&out->cell, record, target);
}

AWAIT_TYPE(cell, struct cell, destroy);
AWAIT_TYPE(wide, struct wide, destroy_wide);
AWAITABLE(cell, produce, (struct record *, record, release, take),
	  (struct record *, target, target_release, target_take));
AWAITABLE(wide, produce_wide, (struct record *, record, release, take),
	  (struct record *, target, target_release, target_take));

/* --- what the threads do --- */

static void touch(struct record *record)
{
	record->touched[me] = 1;
}

void record_make(struct record *record)
{
	struct record *own = record->kind == KIND_LAZY ? record->target : NULL;
	struct watched before = watch_begin();
	uint64_t state = record->number;

	record->value = random_next(&state);
	if (record->kind == KIND_READY) {
		struct cell cell = { record, record->value };
		await_cell *aw = await_nowait(cell, cell);

		tally_one(&record->made);
		record->aw = &aw->head;
	} else if (record->wide) {
		record->aw = &awaitable(produce_wide, record, own)->head;
	} else {
		record->aw = &awaitable(produce, record, own)->head;
	}
	watch_end(record, &before, 0, 1);
	oracle_equal(record, "memory for it", true, record->aw != NULL);
}

static int wait_any(struct record *record, struct cell *out)
{
	struct wide wide;
	int rc;

	if (!record->wide)
		return await_wait((await_cell *)(void *)record->aw, out);
	rc = await_wait((await_wide *)(void *)record->aw, &wide);
	if (rc == 0)
		*out = wide.cell;
	return rc;
}

static void check_error(struct record *record, int rc, uint32_t ended)
{
	uint32_t run = (uint32_t)(-rc - ERROR_BASE);

	if (record->kind == KIND_SOUR) {
		oracle_equal(record, "result in a ring", -EDEADLK, (int64_t)rc);
		return;
	}
	/* A ring's own wait is the one that may be refused. */
	if (record->kind == KIND_CUT && rc == -EDEADLK)
		return;
	if (record->kind == KIND_DOOMED && record->fails == 0) {
		oracle_equal(record, "result of a dropped await", -ECANCELED,
			     (int64_t)rc);
		return;
	}
	if (rc > -ERROR_BASE || run == 0 || run > record->fails)
		oracle_fail(record, "an error of its function", ERROR_BASE,
			    (int64_t)rc);
	if (run < ended)
		oracle_fail(record, "error of this run or later", ended, run);
	if (run > tally(&record->begun))
		oracle_fail(record, "error of a run that began",
			    tally(&record->begun), run);
}

int record_wait(struct record *record)
{
	uint32_t ended = tally(&record->ended);
	/* Seen resolved, the wait is a hit for sure; otherwise it may be. */
	bool sure = await_core_state(record->aw) == AWAIT_RESOLVED;
	struct watched before = watch_begin();
	struct cell cell = { NULL, 0 };
	int rc = wait_any(record, &cell);

	if (sure)
		watch_end(record, &before, 1, 0);
	if (rc != 0) {
		oracle_equal(record, "result of a cached hit", 0,
			     sure ? (int64_t)rc : 0);
		check_error(record, rc, ended);
		return rc;
	}
	touch(record);
	oracle_equal(record, "the value is its own", (uintptr_t)record,
		     (uintptr_t)cell.record);
	oracle_equal(record, "value", record->value, cell.value);
	oracle_equal(record, "values made", 1, tally(&record->made));
	if (record->kind != KIND_READY)
		oracle_equal(record, "runs until it succeeded",
			     record->fails + 1, record->plain);
	return 0;
}

void record_peek(struct record *record)
{
	await_cell *aw = (void *)record->aw;
	struct cell cell;

	if (!record->wide && await_peek(aw, &cell) == 0)
		oracle_equal(record, "value peeked", record->value, cell.value);
}

struct record *record_ref(struct record *record)
{
	await_core_ref(record->aw);
	return record;
}

void record_drop(struct record *record)
{
	touch(record);
	await_core_unref(record->aw);
}

/* SPDX-License-Identifier: MIT */
/* The awaits of the oracle: what they call, and how they are called. The model
 * is in oracle.h; where it is checked, oracle_equal() says what. */
#include "awaits.h"
#include "stress.h"

struct wide {
	struct cell cell;
	char rest[640];
};

__thread struct record *cancelling;

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
	if (record->slow && cancelling == record)
		breathe();
	/* The end of a cancelled await is later, and cannot be seen. */
	if (tally(&record->made) == 0 && cancelling != record)
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
	struct record *record = cell->part.record;

	if (record->kind == KIND_PROMISE)
		oracle_agree(record,
			     (uint32_t)(cell->part.value - record->value));
	else
		oracle_equal(record, "value destroyed", record->value,
			     cell->part.value);
	oracle_equal(record, "times its value was destroyed", 1,
		     tally_one(&record->destroyed));
	end_of(record);
}

static void destroy_wide(struct wide *wide)
{
	destroy(&wide->cell);
}

static void destroy_part(struct part *part)
{
	tally_one(&part->record->parts_destroyed);
}

static uint32_t runs_most(const struct record *record)
{
	if (record->kind == KIND_SOUR)
		return UINT32_MAX;
	return record->kind == KIND_STICKY ? 1 : record->fails + 1;
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
	oracle_equal(record, "cancels before this run", 0,
		     tally(&record->cancelled));
	run = tally_one(&record->begun);
	if (record->slow)
		breathe();
	if (run > runs_most(record))
		oracle_fail(record, "most runs", runs_most(record), run);
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

/* Its failures are its own business: try until it is done. */
static void wait_for_target(const struct record *record)
{
	int rc = record->hasty ?
			 record_wait_until(record->target, record->number) :
			 -ETIMEDOUT;

	while (!record_is_final(record->target, rc))
		rc = record_wait(record->target);
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
		wait_for_target(record);
	}
	if (record->hasty)
		oracle_equal(record, "result of a cancel from inside", -EBUSY,
			     (uint64_t)record_cancel(record));
	if (record->kind == KIND_DOOMED && record->sent_away)
		send_away(record);
	else if (record->kind == KIND_DOOMED)
		record_drop(record);
	if (run <= record->fails)
		rc = -(int)(ERROR_BASE + run);
	return run_end(record, run, rc);
}

static struct cell cell_of(struct record *record, uint64_t value)
{
	return (struct cell){ .part = { record, value } };
}

static int produce(struct cell *out, struct record *record,
		   struct record *target)
{
	int rc = run(record);

	(void)target;
	if (rc == 0)
		*out = cell_of(record, record->value);
	return rc;
}

static int produce_wide(struct wide *out, struct record *record,
			struct record *target)
{
	return produce(&out->cell, record, target);
}

static int produce_once(struct cell *out, struct record *record,
			struct record *target)
{
	return produce(out, record, target);
}

AWAIT_TYPE(cell, struct cell, destroy);
AWAIT_TYPE(wide, struct wide, destroy_wide);
AWAIT_TYPE(part, struct part, destroy_part);
AWAITABLE(cell, produce, (struct record *, record, release, take),
	  (struct record *, target, target_release, target_take));
AWAITABLE(wide, produce_wide, (struct record *, record, release, take),
	  (struct record *, target, target_release, target_take));
AWAITABLE_STICKY(cell, produce_once, (struct record *, record, release, take),
		 (struct record *, target, target_release, target_take));
AWAITABLE_PART(part, cell_part, cell, part);
AWAITABLE_PART(part, wide_part, wide, cell.part);

/* --- how they are called --- */

static void *handle(const struct record *record)
{
	return record->aw;
}

void awaits_make(struct record *record)
{
	struct record *own = record->kind < KIND_DOOMED ? record->target : NULL;
	struct cell cell = cell_of(record, record->value);
	void *aw = NULL;

	switch (record->kind) {
	case KIND_READY:
		aw = await_nowait(cell, cell);
		break;
	case KIND_PROMISE:
		aw = await_promise(cell);
		break;
	case KIND_PART:
		if (own->wide)
			aw = awaitable(wide_part, handle(own));
		else
			aw = awaitable(cell_part, handle(own));
		break;
	case KIND_STICKY:
		aw = awaitable(produce_once, record, own);
		break;
	case KIND_LAZY:
	case KIND_DOOMED:
	case KIND_CUT:
	case KIND_SOUR:
		if (record->wide)
			aw = awaitable(produce_wide, record, own);
		else
			aw = awaitable(produce, record, own);
		break;
	}
	record->aw = aw;
}

/* Calls wait(handle, value) for the type that the record has. */
#define TYPED(record, out, wait)                                               \
	do {                                                                   \
		struct cell cell_;                                             \
		struct wide wide_;                                             \
		int rc_;                                                       \
                                                                               \
		if ((record)->kind == KIND_PART) {                             \
			await_part *typed_ = handle(record);                   \
			return wait(typed_, out);                              \
		}                                                              \
		if ((record)->wide) {                                          \
			await_wide *typed_ = handle(record);                   \
			rc_ = wait(typed_, &wide_);                            \
			if (rc_ == 0)                                          \
				*(out) = wide_.cell.part;                      \
		} else {                                                       \
			await_cell *typed_ = handle(record);                   \
			rc_ = wait(typed_, &cell_);                            \
			if (rc_ == 0)                                          \
				*(out) = cell_.part;                           \
		}                                                              \
		return rc_;                                                    \
	} while (0)

int awaits_wait(struct record *record, struct part *out)
{
	TYPED(record, out, await_wait);
}

int awaits_peek(struct record *record, struct part *out)
{
	TYPED(record, out, await_peek);
}

int awaits_wait_until(struct record *record, struct part *out,
		      const struct timespec *deadline)
{
#define UNTIL(aw, out) await_wait_until(aw, out, deadline)
	TYPED(record, out, UNTIL);
#undef UNTIL
}

int awaits_resolve(struct record *record, uint64_t value)
{
	await_cell *aw = handle(record);

	return await_resolve(aw, cell_of(record, value));
}

int awaits_reject(struct record *record, int error)
{
	await_cell *aw = handle(record);

	return await_reject(aw, error);
}

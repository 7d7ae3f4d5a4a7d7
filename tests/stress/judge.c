/* SPDX-License-Identifier: MIT */
/* What may come of a wait. The model is in oracle.h. */
#include "awaits.h"

struct look look_at(struct record *record)
{
	bool cancelled = tally(&record->cancelled) != 0;

	return (struct look){
		.ended = tally(&record->ended),
		.sure = await_core_state(record->aw) == AWAIT_RESOLVED,
		.cancelled = cancelled,
		.settled = tally(&record->settled) != 0,
		.in_vain =
			cancelled || (record->kind == KIND_PART &&
				      tally(&record->target->cancelled) != 0),
	};
}

bool offers_value(const struct record *record, uint32_t who)
{
	uint64_t state = record->value + who;

	return record->kept || random_next(&state) % 2 == 0;
}

/* A wait found a promise to have taken this offer. */
static void check_offer(struct record *record, uint64_t offer, bool value)
{
	if (offer == 0 || offer > WHO_MOST)
		oracle_fail(record, "an offer of a thread", 1, offer);
	oracle_equal(record, "what it said", offer, record->said[offer - 1]);
	oracle_equal(record, "a value was offered",
		     offers_value(record, (uint32_t)offer - 1), value);
	oracle_agree(record, (uint32_t)offer);
}

static void check_cancelled(struct record *record)
{
	uint32_t cancels = tally(&record->cancels);

	if (record->kind == KIND_PART)
		cancels += tally(&record->target->cancels);
	oracle_equal(record, "a cancel was tried", true, cancels != 0);
	oracle_agree(record, OUTCOME_CANCELLED);
}

/* An error that names a run of this await. */
static void check_run_error(struct record *record, int rc, uint32_t ended)
{
	uint32_t run = (uint32_t)(-rc - ERROR_BASE);

	if (rc > -ERROR_BASE || run == 0 || run > record->fails)
		oracle_fail(record, "an error of its function", ERROR_BASE,
			    (uint64_t)rc);
	if (run < ended)
		oracle_fail(record, "error of this run or later", ended, run);
	if (run > tally(&record->begun))
		oracle_fail(record, "error of a run that began",
			    tally(&record->begun), run);
	if (record->kind == KIND_STICKY)
		oracle_agree(record, run);
}

void check_error(struct record *record, const struct look *before, int rc)
{
	oracle_equal(record, "result of a cached hit", 0,
		     before->sure ? (uint64_t)rc : 0);
	if (before->in_vain)
		oracle_equal(record, "result after a cancel", -ECANCELED,
			     (uint64_t)rc);
	switch (record->kind) {
	case KIND_SOUR:
		oracle_equal(record, "result in a ring", -EDEADLK,
			     (uint64_t)rc);
		return;
	case KIND_CUT:
		/* A ring's own wait is the one that may be refused. */
		oracle_equal(record, "result in a ring", -EDEADLK,
			     (uint64_t)rc);
		return;
	case KIND_DOOMED:
		if (record->fails == 0)
			oracle_equal(record, "result of a dropped await",
				     -ECANCELED, (uint64_t)rc);
		else
			check_run_error(record, rc, before->ended);
		return;
	default:
		break;
	}
	if (rc == -ECANCELED) {
		check_cancelled(record);
	} else if (record->kind == KIND_PROMISE) {
		check_offer(record, (uint64_t)(-(int64_t)rc - ERROR_BASE),
			    false);
		oracle_equal(record, "its error", (uint64_t)rc,
			     (uint64_t)await_core_error(record->aw));
	} else if (record->kind == KIND_PART) {
		/* Of a run of the whole that may be over for long. */
		check_error(record->target, &(struct look){ 0 }, rc);
	} else {
		check_run_error(record, rc, before->ended);
	}
}

static void check_attempts(struct record *record)
{
	uint32_t attempts = await_core_attempts(record->aw);

	if (record->kind == KIND_READY || record->kind == KIND_PROMISE)
		oracle_equal(record, "attempts without a function", 0,
			     attempts);
	else if (record->kind != KIND_PART)
		oracle_equal(record, "attempts until it succeeded",
			     record->fails + 1, attempts);
	else
		oracle_equal(record, "it was attempted", true, attempts != 0);
}

void check_value(struct record *record, const struct part *got)
{
	bool part = record->kind == KIND_PART;
	struct record *source = part ? record->target : record;

	record->touched[me] = 1;
	oracle_equal(record, "the value is its own", (uintptr_t)source,
		     (uintptr_t)got->record);
	if (source->kind == KIND_PROMISE) {
		check_offer(source, got->value - source->value, true);
	} else {
		oracle_equal(record, "value", source->value, got->value);
		oracle_equal(record, "values made", 1, tally(&source->made));
		oracle_agree(source, OUTCOME_VALUE);
	}
	if (source->kind != KIND_READY && source->kind != KIND_PROMISE)
		oracle_equal(record, "runs until it succeeded",
			     source->fails + 1, source->plain);
	if (part)
		oracle_agree(record, OUTCOME_VALUE);
	if (part && atomic_exchange(&record->made, 1) == 0)
		tally_one(&source->parts_made);
	check_attempts(record);
}

bool record_is_final(const struct record *record, int rc)
{
	if (rc == 0 || rc == -ECANCELED)
		return true;
	if (rc == -ETIMEDOUT)
		return false;
	if (record->kind == KIND_PART)
		return record_is_final(record->target, rc);
	return record->kind == KIND_PROMISE || record->kind == KIND_STICKY;
}

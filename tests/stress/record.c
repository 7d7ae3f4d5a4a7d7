/* SPDX-License-Identifier: MIT */
/* What threads do with awaits. The model is in oracle.h; where it is checked,
 * oracle_equal() says what. */
#include "awaits.h"
#include "watch.h"

#include <limits.h>

static void touch(struct record *record)
{
	record->touched[me] = 1;
}

void record_make(struct record *record)
{
	struct watched before = watch_begin();
	uint64_t state = record->number;

	record->value = random_next(&state);
	if (record->kind == KIND_READY)
		tally_one(&record->made);
	awaits_make(record);
	watch_end(record, &before, 0, 1);
	oracle_equal(record, "memory for it", true, record->aw != NULL);
}

int record_wait(struct record *record)
{
	struct look look = look_at(record);
	struct watched before = watch_begin();
	struct part got = { NULL, 0 };
	uint64_t id = await_core_id(record->aw);
	int rc;

	watch_awake();
	watch_waits();
	rc = awaits_wait(record, &got);
	watch_waited(record, id, rc);
	if (look.sure)
		watch_end(record, &before, 1, 0);
	else if (record->kind == KIND_PROMISE && watch_awake() != AWAIT_FREE)
		watch_end(record, &before, 0, 0); /* it slept */
	if (rc == 0)
		check_value(record, &got);
	else
		check_error(record, &look, rc);
	return rc;
}

/* False for one that is never reached: choices 4 and 5. */
static bool deadline_of(uint64_t choice, struct timespec *deadline)
{
	clock_gettime(CLOCK_MONOTONIC, deadline);
	switch (choice % 6) {
	case 0:
		*deadline = (struct timespec){ 0, 1 };
		return true;
	case 1:
		*deadline = (struct timespec){ LONG_MIN, 999999999 };
		return true;
	case 2:
		return true;
	case 3:
		deadline->tv_nsec += (long)(choice / 6 % 128) * 1000;
		deadline->tv_sec += deadline->tv_nsec / 1000000000;
		deadline->tv_nsec %= 1000000000;
		return true;
	case 4:
		deadline->tv_sec += 1000000;
		return false;
	default:
		*deadline = (struct timespec){ LONG_MAX, 999999999 };
		return false;
	}
}

/* It gave up: what it woke to was no outcome. */
static void check_late(const struct record *record)
{
	enum await_state state = watch_awake();

	if (state != AWAIT_FREE && state != AWAIT_RUNNING)
		oracle_equal(record, "state it gave up in", AWAIT_PENDING,
			     state);
}

int record_wait_until(struct record *record, uint64_t choice)
{
	struct look look = look_at(record);
	struct watched before = watch_begin();
	struct part got = { NULL, 0 };
	struct timespec deadline;
	bool reached = deadline_of(choice, &deadline);
	uint64_t id = await_core_id(record->aw);
	int rc;

	watch_awake();
	watch_waits();
	rc = awaits_wait_until(record, &got, &deadline);
	watch_waited(record, id, rc);
	if (look.sure)
		watch_end(record, &before, 1, 0);
	if (rc == 0)
		check_value(record, &got);
	else if (rc != -ETIMEDOUT)
		check_error(record, &look, rc);
	else if (!reached || look.sure || look.cancelled || look.settled)
		oracle_fail(record, "no reason to time out", 0, (uint64_t)rc);
	else
		check_late(record);
	return rc;
}

void record_wait_all(struct record *const *records, size_t count)
{
	struct await *awaits[ALL_MOST];
	struct look looks[ALL_MOST];
	int errors[ALL_MOST], rc, expected = 0;
	size_t first, failed = count;
	struct watched before;
	bool sure = true;

	for (size_t i = 0; i < count; i++) {
		awaits[i] = records[i]->aw;
		looks[i] = look_at(records[i]);
		sure &= looks[i].sure;
	}
	before = watch_begin();
	rc = await_core_wait_all(awaits, count, AWAIT_LAYOUT_ANY, errors,
				 &first);
	if (sure)
		watch_end(NULL, &before, (uint32_t)count, 0);
	for (size_t i = count; i-- > 0;) {
		if (errors[i] == 0) {
			oracle_equal(records[i], "result after wait_all", 0,
				     (uint64_t)record_wait(records[i]));
			continue;
		}
		check_error(records[i], &looks[i], errors[i]);
		failed = i;
		expected = errors[i];
	}
	oracle_equal(NULL, "first failure of wait_all", failed, first);
	oracle_equal(NULL, "result of wait_all", (uint64_t)expected,
		     (uint64_t)rc);
}

void record_peek(struct record *record)
{
	struct part got;

	if (awaits_peek(record, &got) == 0)
		check_value(record, &got);
}

void record_settle(struct record *record)
{
	struct look look = look_at(record);
	bool value = offers_value(record, me);
	struct watched before = watch_begin();
	uint8_t offer = (uint8_t)(me + 1);
	int rc;

	if (record->wide || record->kind == KIND_PART)
		return; /* offers are for cells */
	touch(record);
	if (record->kind == KIND_PROMISE && record->said[me] == 0)
		record->said[me] = offer;
	rc = value ? awaits_resolve(record, record->value + offer) :
		     awaits_reject(record, -(ERROR_BASE + offer));
	watch_end(record, &before, 0, 0);
	if (record->kind != KIND_PROMISE) {
		oracle_equal(record, "result for no promise", -EINVAL,
			     (uint64_t)rc);
		return;
	}
	if (rc != 0 || look.settled || look.cancelled) {
		tally_one(&record->turned_down);
		oracle_equal(record, "result of an offer too late", -EALREADY,
			     (uint64_t)rc);
		return;
	}
	oracle_equal(record, "offers taken", 1, tally_one(&record->settled));
	if (value)
		tally_one(&record->made);
	oracle_agree(record, offer);
}

int record_cancel(struct record *record)
{
	struct look look = look_at(record);
	struct watched before = watch_begin();
	int rc;

	touch(record);
	tally_one(&record->cancels);
	cancelling = record;
	rc = await_core_cancel(record->aw);
	cancelling = NULL;
	watch_end(record, &before, 0, 0);
	if (rc == 0 && look.ended == 0 && !look.sure && !look.settled &&
	    !look.cancelled) {
		oracle_equal(record, "cancels", 1,
			     tally_one(&record->cancelled));
		oracle_equal(record, "runs before a cancel", 0,
			     tally(&record->begun));
		oracle_equal(record, "arguments released by a cancel",
			     tally(&record->taken), tally(&record->released));
		oracle_agree(record, OUTCOME_CANCELLED);
		return 0;
	}
	tally_one(&record->turned_down);
	if (rc != -EBUSY || look.sure || look.settled || look.cancelled)
		oracle_equal(record, "result of a cancel too late", -EALREADY,
			     (uint64_t)rc);
	return rc;
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

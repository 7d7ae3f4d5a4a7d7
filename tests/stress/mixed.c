/* SPDX-License-Identifier: MIT */
/*
 * Random operations. Each thread has a few places for references of its own;
 * some more places are shared, and a thread that comes by exchanges what it
 * has for what is there. An await may wait for an older one, to which it has a
 * reference, or be a part of it: waits go from newer to older, so none of them
 * is in a cycle. Workers settle and cancel what they have at hand.
 *
 * Beside the workers, one thread arms and disarms the sink. Another drops the
 * references that doomed awaits send away while they run, and has a reference
 * to each promise that somebody may wait for: sooner or later it makes its own
 * offer, so no wait is for ever.
 */
#include "stress.h"
#include "watch.h"

#include <stdlib.h>

#define OPERATIONS                                                             \
	400 /* per thread and round; each makes one await at most              \
	     */
#define OWN 8
#define SHARED 16
#define MAILBOXES 4
#define DEEPEST 20

static AWAIT_ATOMIC(struct record *) shared[SHARED];
static AWAIT_ATOMIC(struct record *) mailboxes[MAILBOXES];
static struct record *records;

/* --- helpers --- */

void send_away(struct record *record)
{
	for (unsigned i = 0;; i = (i + 1) % MAILBOXES) {
		struct record *none = NULL;

		/* Release: the dropper reads the record. */
		if (atomic_compare_exchange_strong_explicit(
			    &mailboxes[i], &none, record, memory_order_release,
			    memory_order_relaxed))
			break;
	}
	while (tally(&record->dropped) == 0)
		breathe();
}

static void settle_what_is_due(bool all, uint64_t *random)
{
	for (uint32_t i = 0; i < scene.threads * OPERATIONS; i++) {
		struct record *record = &records[i];
		uint64_t bits;

		if (tally(&record->due) == 0)
			continue;
		bits = random_next(random);
		if (!all && bits & 1)
			continue;
		/* Acquire: the record; partner: its maker's release. */
		if (atomic_exchange_explicit(&record->due, 0,
					     memory_order_acquire) == 0)
			continue;
		if (bits & 2)
			record_settle(record);
		else
			record_cancel(record);
		record_drop(record);
	}
}

static void drop_what_comes(void)
{
	uint64_t random = random_of(me);

	while (crowd_works()) {
		for (unsigned i = 0; i < MAILBOXES; i++) {
			struct record *record = atomic_exchange_explicit(
				&mailboxes[i], NULL, memory_order_acquire);

			if (!record)
				continue;
			record_drop(record);
			tally_one(&record->dropped);
		}
		settle_what_is_due(false, &random);
		breathe();
	}
	settle_what_is_due(true, &random);
}

/* --- operations --- */

struct worker {
	struct record *own[OWN];
	struct record *unused; /* records */
};

static void put(struct record **place, struct record *record)
{
	struct record *old = *place;

	*place = record;
	if (old)
		record_drop(old);
}

static struct record *make(struct worker *self, enum kind kind, uint64_t bits,
			   struct record *target)
{
	struct record *record = self->unused++;

	record->kind = kind;
	/* Half of them fail; those wait for others, too. */
	if (kind == KIND_LAZY || kind == KIND_STICKY || kind == KIND_DOOMED) {
		record->fails = bits & 1 ? (bits >> 1) % 4 : 0;
		record->wide = (bits >> 4) % 4 == 0;
		record->slow = (bits >> 7) % 8 == 0;
		record->hasty = (bits >> 10) & 1;
	}
	if (kind == KIND_STICKY) {
		record->fails = record->fails != 0;
		record->wide = false;
	}
	record->sent_away = (bits >> 6) & 1;
	if (target && target->depth < DEEPEST) {
		record->target = target;
		record->depth = target->depth + 1;
	}
	record_make(record);
	return record;
}

/* A promise that others may wait for. */
static struct record *promise(struct worker *self, uint64_t bits)
{
	struct record *record = make(self, KIND_PROMISE, bits, NULL);

	record_ref(record);
	/* Release: partner of the acquire in settle_what_is_due(). */
	atomic_store_explicit(&record->due, 1, memory_order_release);
	return record;
}

/* A part, or a whole in its place. */
static struct record *part(struct worker *self, uint64_t bits,
			   struct record *whole)
{
	if (!whole || whole->kind == KIND_PART)
		return make(self, KIND_READY, bits, NULL);
	return make(self, KIND_PART, bits, whole);
}

/* Ends before anybody ran it or kept it. */
static void make_in_vain(struct worker *self, uint64_t bits)
{
	static const enum kind kinds[] = { KIND_LAZY, KIND_PROMISE, KIND_STICKY,
					   KIND_READY };
	struct record *record = make(self, kinds[bits % 4], bits >> 2, NULL);

	if (record->kind == KIND_PROMISE)
		oracle_equal(record, "result of waiting for nobody", -ETIMEDOUT,
			     (uint64_t)record_wait_until(record, bits % 4));
	if (bits & 4)
		record_cancel(record);
	if (bits & 8)
		record_settle(record);
	record_drop(record);
}

static void doom(struct worker *self, uint64_t bits)
{
	struct record *record = make(self, KIND_DOOMED, bits, NULL);
	int rc = record_wait(record); /* gives up the only reference */

	oracle_equal(record, "a dropped await fails", true, rc != 0);
}

static void wait_for_all(struct worker *self)
{
	struct record *held[OWN];
	size_t count = 0;

	for (unsigned i = 0; i < OWN; i++)
		if (self->own[i])
			held[count++] = self->own[i];
	record_wait_all(held, count);
}

static void use(struct record *record, uint64_t bits)
{
	switch (bits % 8) {
	case 0:
		record_wait(record);
		/* fallthrough */
	case 1:
	case 2:
		record_wait(record);
		return;
	case 3:
		record_drop(record_ref(record));
		record_peek(record);
		return;
	case 4:
		if (bits & 8)
			record_cancel(record);
		return;
	case 5:
		record_settle(record);
		return;
	default:
		record_wait_until(record, bits >> 3);
		return;
	}
}

static void step(struct worker *self, uint64_t bits)
{
	struct record **a = &self->own[(bits >> 8) % OWN];
	struct record *other = self->own[(bits >> 16) % OWN];
	enum kind kind = (bits >> 30) % 4 == 0 ? KIND_STICKY : KIND_LAZY;

	switch (bits % 16) {
	case 0:
	case 1:
		put(a, make(self, kind, bits >> 32, NULL));
		break;
	case 2:
		put(a, promise(self, bits >> 32));
		break;
	case 3:
		put(a, part(self, bits >> 32, other));
		break;
	case 4:
	case 5:
		put(a, make(self, kind, bits >> 32, other));
		break;
	case 6:
		put(a, other ? record_ref(other) : NULL);
		break;
	case 7:
		if ((bits >> 24) % 4 == 0)
			doom(self, bits >> 32);
		else
			make_in_vain(self, bits >> 32);
		break;
	case 8:
		if ((bits >> 24) % 4 == 0)
			wait_for_all(self);
		break;
	case 13:
	case 14:
		/* Release and acquire: the record goes to another thread. */
		*a = atomic_exchange_explicit(&shared[(bits >> 24) % SHARED],
					      *a, memory_order_acq_rel);
		break;
	case 15:
		put(a, NULL);
		break;
	default:
		if (*a)
			use(*a, bits >> 32);
		break;
	}
}

static void work(unsigned who)
{
	struct worker self = { .unused = records + (who - 1) * OPERATIONS };
	uint64_t random = random_of(who);

	for (unsigned i = 0; i < OPERATIONS; i++) {
		step(&self, random_next(&random));
		crowd_step();
	}
	for (unsigned i = 0; i < OWN; i++)
		put(&self.own[i], NULL);
}

void mixed_round(void)
{
	uint32_t count = scene.threads * OPERATIONS;

	records = records_new(count);
	crowd_run(work, (crowd_helper *const[]){ watch_come_and_go,
						 drop_what_comes });
	for (unsigned i = 0; i < SHARED; i++) {
		struct record *left = atomic_exchange(&shared[i], NULL);

		if (left)
			record_drop(left);
	}
	oracle_settle(records, count);
	free(records);
}

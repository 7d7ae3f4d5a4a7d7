/* SPDX-License-Identifier: MIT */
/*
 * Random operations. Each thread has a few places for references of its own;
 * some more places are shared, and a thread that comes by exchanges what it
 * has for what is there. An await may wait for an older one, to which it has a
 * reference: waits go from newer to older, so none of them is in a cycle.
 *
 * Beside the workers, one thread arms and disarms the sink, and one drops the
 * references that doomed awaits send away while they run.
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
static AWAIT_ATOMIC(uint32_t) progress[THREADS_MOST + 1];
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

static void drop_what_comes(void)
{
	while (crowd_works()) {
		for (unsigned i = 0; i < MAILBOXES; i++) {
			struct record *record = atomic_exchange_explicit(
				&mailboxes[i], NULL, memory_order_acquire);

			if (!record)
				continue;
			record_drop(record);
			tally_one(&record->dropped);
		}
		breathe();
	}
}

static uint32_t operations_done(void)
{
	uint32_t sum = 0;

	for (unsigned i = 1; i <= scene.threads; i++)
		sum += tally(&progress[i]);
	return sum;
}

/* Windows are as long as some operations take, not some time. */
static void come_and_go(void)
{
	uint64_t random = random_of(me);

	while (crowd_works() && watch_open()) {
		uint32_t until = operations_done() +
				 (uint32_t)(random_next(&random) % 200);

		while (crowd_works() &&
		       (int32_t)(until - operations_done()) > 0)
			breathe();
		watch_close();
	}
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
	if (kind != KIND_READY) {
		record->fails = bits & 1 ? (bits >> 1) % 4 : 0;
		record->wide = (bits >> 4) % 4 == 0;
		record->slow = (bits >> 7) % 8 == 0;
	}
	record->sent_away = (bits >> 6) & 1;
	if (target && target->depth < DEEPEST) {
		record->target = target;
		record->depth = target->depth + 1;
	}
	record_make(record);
	return record;
}

static void doom(struct worker *self, uint64_t bits)
{
	struct record *record = make(self, KIND_DOOMED, bits, NULL);
	int rc = record_wait(record); /* gives up the only reference */

	oracle_equal(record, "a dropped await fails", true, rc != 0);
}

static void step(struct worker *self, uint64_t bits)
{
	struct record **a = &self->own[(bits >> 8) % OWN];
	struct record *other = self->own[(bits >> 16) % OWN];

	switch (bits % 16) {
	case 0:
	case 1:
	case 2:
		put(a, make(self, KIND_LAZY, bits >> 32, NULL));
		return;
	case 3:
		put(a, make(self, KIND_READY, bits >> 32, NULL));
		return;
	case 4:
	case 5:
		put(a, make(self, KIND_LAZY, bits >> 32, other));
		return;
	case 6:
		put(a, other ? record_ref(other) : NULL);
		return;
	case 7:
		if ((bits >> 24) % 4 == 0)
			doom(self, bits >> 32);
		return;
	case 13:
	case 14:
		/* Release and acquire: the record goes to another thread. */
		*a = atomic_exchange_explicit(&shared[(bits >> 24) % SHARED],
					      *a, memory_order_acq_rel);
		return;
	case 15:
		put(a, NULL);
		return;
	}
	if (!*a)
		return;
	switch (bits % 16) {
	case 11:
		record_wait(*a);
		record_wait(*a);
		break;
	case 12:
		record_drop(record_ref(*a));
		record_peek(*a);
		break;
	default:
		record_wait(*a);
		break;
	}
}

static void work(unsigned who)
{
	struct worker self = { .unused = records + (who - 1) * OPERATIONS };
	uint64_t random = random_of(who);

	for (unsigned i = 0; i < OPERATIONS; i++) {
		step(&self, random_next(&random));
		tally_one(&progress[who]);
	}
	for (unsigned i = 0; i < OWN; i++)
		put(&self.own[i], NULL);
}

void mixed_round(void)
{
	uint32_t count = scene.threads * OPERATIONS;

	records = records_new(count);
	crowd_run(work,
		  (crowd_helper *const[]){ come_and_go, drop_what_comes });
	for (unsigned i = 0; i < SHARED; i++) {
		struct record *left = atomic_exchange(&shared[i], NULL);

		if (left)
			record_drop(left);
	}
	oracle_settle(records, count);
	free(records);
}

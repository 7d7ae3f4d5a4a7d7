/* SPDX-License-Identifier: MIT */
/*
 * See name_table.h. A hash table, keyed by the address of the await: an entry
 * serves all awaits of its slot in turn, as long as they are named, and is of
 * the one whose id it has. So nobody need take it out when an await ends. Where
 * all entries are in use, those of awaits that have ended become spare.
 *
 * Writers hold a lock. Readers take none, as they may be signal handlers, or
 * other processes:
 *
 *     An entry is read as under a seqlock, whose counter is `version`.
 *     An entry that is found nowhere is not there, unless `moves` says that
 *     entries were moved from one bucket to another meanwhile.
 *
 * A reader that meets a writer at each of several tries finds no name: it may
 * have interrupted that writer.
 */
#include "libawait/core/name_table.h"

#include "libawait/core/id.h"
#include "libawait/core/lock.h"
#include "libawait/core/memory.h"

#include <errno.h>
#include <string.h>

#define TRIES 8
#define WORDS (NAME_SIZE / sizeof(uint64_t))

static struct lock names_lock = LOCK_INITIALIZER;
AWAIT_ATOMIC(struct name_table *) await_names;

void name_table_lock(void)
{
	lock_take(&names_lock);
}

void name_table_unlock(void)
{
	lock_release(&names_lock);
}

static uint32_t bucket_of(const struct await *aw)
{
	const uint64_t odd = 0x9e3779b97f4a7c15;

	return (uint32_t)((uintptr_t)aw * odd >> 32) % NAME_BUCKETS;
}

/* --- reading --- */

/* Acquire, both: what the entry says, and where the next one is, is read after
 * it; partners: add_to_bucket() and
 * sweep_bucket(). */
static uint32_t first_in(const struct name_table *table, uint32_t bucket)
{
	return atomic_load_explicit(
		&((struct name_table *)table)->buckets[bucket],
		memory_order_acquire);
}

static uint32_t next_of(const struct name_entry *entry)
{
	return atomic_load_explicit(&((struct name_entry *)entry)->next,
				    memory_order_acquire);
}

/* The number of aw's entry, or 0. */
static uint32_t find(const struct name_table *table, const struct await *aw)
{
	uint32_t at = first_in(table, bucket_of(aw));

	/* Where entries are being moved, the way may lead through several
	 * buckets, but not for ever. */
	for (uint32_t steps = 0; at != 0 && steps < NAME_ENTRIES; steps++) {
		const struct name_entry *entry = &table->entries[at - 1];

		/* Relaxed: read_entry() looks again. */
		if (atomic_load_explicit(&((struct name_entry *)entry)->aw,
					 memory_order_relaxed) == aw)
			return at;
		at = next_of(entry);
	}
	return 0;
}

/* False if it was written meanwhile, or has moved to another slot. If it is of
 * another await in that slot, name is "". */
static bool read_entry(struct name_entry *entry, const struct await *aw,
		       uint64_t id, char name[NAME_SIZE])
{
	/* Acquire, here and below: each is read before what follows, so that a
	 * version that is still the same at the end was so throughout; partner:
	 * write_entry(). */
	uint32_t version =
		atomic_load_explicit(&entry->version, memory_order_acquire);
	bool moved = atomic_load_explicit(&entry->aw, memory_order_acquire) !=
		     aw,
	     its = atomic_load_explicit(&entry->id, memory_order_acquire) == id;

	for (size_t i = 0; i < WORDS; i++) {
		uint64_t word = atomic_load_explicit(&entry->text[i],
						     memory_order_acquire);

		memcpy(name + i * sizeof(word), &word, sizeof(word));
	}
	if (!its)
		*name = '\0';
	/* Relaxed: nothing is read after it. */
	return !moved && version % 2 == 0 &&
	       atomic_load_explicit(&entry->version, memory_order_relaxed) ==
		       version;
}

size_t name_table_get(const struct await *aw, uint64_t id, char name[NAME_SIZE])
{
	/* Acquire: it is zeroed; partner: table_made(). */
	struct name_table *table =
		atomic_load_explicit(&await_names, memory_order_acquire);

	for (int i = 0; table && i < TRIES; i++) {
		/* Acquire: the buckets are read after it; partner: sweep(). */
		uint32_t moves = atomic_load_explicit(&table->moves,
						      memory_order_acquire);
		uint32_t at = find(table, aw);

		if (at != 0 &&
		    read_entry(&table->entries[at - 1], aw, id, name))
			return strlen(name);
		/* Relaxed: find() has read by acquire what comes before it. */
		if (at == 0 && moves % 2 == 0 &&
		    moves == atomic_load_explicit(&table->moves,
						  memory_order_relaxed))
			break;
	}
	*name = '\0';
	return 0;
}

/* --- writing --- */

static struct name_table *table_made(void)
{
	/* Relaxed: written under names_lock. */
	struct name_table *table =
		atomic_load_explicit(&await_names, memory_order_relaxed);

	ASSERT_HELD(&names_lock);
	if (table)
		return table;
	table = memory_map(sizeof(*table));
	/* Release: it is zeroed; partner: name_table_get(). */
	atomic_store_explicit(&await_names, table, memory_order_release);
	return table;
}

static void write_entry(struct name_entry *entry, struct await *aw, uint64_t id,
			const char *name, size_t length)
{
	/* Relaxed, both: written under names_lock, and ordered by what
	 * follows. */
	uint32_t version =
		atomic_load_explicit(&entry->version, memory_order_relaxed);
	uint64_t words[WORDS] = { 0 };

	ASSERT_HELD(&names_lock);
	memcpy(words, name, length);
	atomic_store_explicit(&entry->version, version + 1,
			      memory_order_relaxed);
	/* Release: whoever sees one of these sees that version; partner:
	 * read_entry(). */
	atomic_store_explicit(&entry->aw, aw, memory_order_release);
	atomic_store_explicit(&entry->id, id, memory_order_release);
	for (size_t i = 0; i < WORDS; i++)
		atomic_store_explicit(&entry->text[i], words[i],
				      memory_order_release);
	/* Release: all of them; partner: read_entry(). */
	atomic_store_explicit(&entry->version, version + 2,
			      memory_order_release);
}

static void add_to_bucket(struct name_table *table, uint32_t number)
{
	struct name_entry *entry = &table->entries[number - 1];
	/* Relaxed, both: written under names_lock. */
	AWAIT_ATOMIC(uint32_t) *bucket = &table->buckets[bucket_of(
		atomic_load_explicit(&entry->aw, memory_order_relaxed))];

	/* Release, both: the entry is written, and a sweep before it is seen;
	 * partner: find(). */
	atomic_store_explicit(
		&entry->next,
		atomic_load_explicit(bucket, memory_order_relaxed),
		memory_order_release);
	atomic_store_explicit(bucket, number, memory_order_release);
}

static bool has_ended(struct name_entry *entry)
{
	/* Relaxed, both: written under names_lock. */
	const struct await *aw =
		atomic_load_explicit(&entry->aw, memory_order_relaxed);

	return slot_id(aw, serial_of(aw)) !=
	       atomic_load_explicit(&entry->id, memory_order_relaxed);
}

/* Takes those out of a bucket whose awaits have ended. */
static void sweep_bucket(struct name_table *table, AWAIT_ATOMIC(uint32_t) * at)
{
	/* Relaxed: written under names_lock. */
	uint32_t number = atomic_load_explicit(at, memory_order_relaxed);

	while (number != 0) {
		struct name_entry *entry = &table->entries[number - 1];
		uint32_t next = atomic_load_explicit(&entry->next,
						     memory_order_relaxed);

		if (has_ended(entry)) {
			write_entry(entry, NULL, 0, "", 0);
			/* Release: whoever goes this way sees that there are
			 * moves; partner: find(). */
			atomic_store_explicit(at, next, memory_order_release);
			atomic_store_explicit(&entry->next, table->spare,
					      memory_order_release);
			table->spare = number;
		} else {
			at = &entry->next;
		}
		number = next;
	}
}

static void sweep(struct name_table *table)
{
	/* Relaxed: written under names_lock. */
	uint32_t moves =
		atomic_load_explicit(&table->moves, memory_order_relaxed);

	ASSERT_HELD(&names_lock);
	/* Relaxed: ordered by the releases of sweep_bucket(). */
	atomic_store_explicit(&table->moves, moves + 1, memory_order_relaxed);
	for (uint32_t i = 0; i < NAME_BUCKETS; i++)
		sweep_bucket(table, &table->buckets[i]);
	/* Release: the buckets are as they will be; partner:
	 * name_table_get(). */
	atomic_store_explicit(&table->moves, moves + 2, memory_order_release);
}

/* An entry that is in no bucket, or 0. */
static uint32_t take_entry(struct name_table *table)
{
	/* Relaxed: written under names_lock. */
	uint32_t used =
		atomic_load_explicit(&table->used, memory_order_relaxed);
	uint32_t number;

	ASSERT_HELD(&names_lock);
	if (used < NAME_ENTRIES) {
		/* Relaxed: only other processes read it. */
		atomic_store_explicit(&table->used, used + 1,
				      memory_order_relaxed);
		return used + 1;
	}
	if (table->spare == 0)
		sweep(table);
	number = table->spare;
	if (number != 0)
		table->spare = next_of(&table->entries[number - 1]);
	return number;
}

int name_table_set(struct await *aw, uint64_t id, const char *name,
		   size_t length)
{
	struct name_table *table;
	uint32_t at = 0;
	bool fresh = false;

	ASSERT(length > 0 && length <= AWAIT_NAME_MAX);
	lock_take(&names_lock);
	table = table_made();
	if (table) {
		at = find(table, aw);
		fresh = at == 0;
		if (fresh)
			at = take_entry(table);
	}
	if (at != 0) {
		write_entry(&table->entries[at - 1], aw, id, name, length);
		if (fresh)
			add_to_bucket(table, at);
	}
	lock_release(&names_lock);
	return at != 0 ? 0 : -ENOMEM;
}

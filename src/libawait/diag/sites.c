/* SPDX-License-Identifier: MIT */
/*
 * Remembers creation sites for LIBAWAIT_DEBUG=leaks, so that its report can
 * name those whose library has been unloaded, and count awaits that have ended.
 *
 * A sink sees every creation and every end. The first creation at a site copies
 * its names. Entries are in a hash table of pointers; they are inserted by
 * compare-and-swap and never removed. So there is no lock, which fork() could
 * copy while it is held.
 *
 * An address alone does not identify a site: after a dlclose() another library
 * may be mapped there. So entries with the same address are distinguished by
 * all that the site says, and by the name of the object it lies in. Each
 * creation compares these, and records for its slot which entry the await
 * belongs to.
 */
#define _GNU_SOURCE /* _dl_find_object */
#include "libawait/diag/sites.h"

#include "libawait/core/memory.h"
#include "libawait/core/sanitizer.h"
#include "libawait/core/sink.h"
#include "libawait/diag/site_mapped.h"
#include "libawait/inspect/loaded_object.h"

#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define TABLE_SIZE (1u << 16)
#define TABLE_FULL (TABLE_SIZE / 2)

/* A static array and not a mapping, as leak checkers look for pointers here. */
static AWAIT_ATOMIC(struct known_site *) table[TABLE_SIZE];
static AWAIT_ATOMIC(uint32_t) used;

/* For each slot, the entry that its await belongs to; in chunks that are mapped
 * when their first slot is used. */
#define CHUNK (1u << 16)
typedef AWAIT_ATOMIC(struct known_site *) * owner_chunk;
static AWAIT_ATOMIC(owner_chunk) owners[CHUNK];

static AWAIT_ATOMIC(uint64_t) dropped_elsewhere;
static bool drops_counted;

static uint32_t place_of(const struct await_site *at)
{
	/* The product's high bits depend on all of the address. */
	return (uint32_t)((uint64_t)(uintptr_t)at * 0x9e3779b97f4a7c15u >> 48);
}

/* Acquire: the entry's fields are read next; partner: the release in
 * insert(). */
static struct known_site *entry_at(uint32_t place)
{
	return atomic_load_explicit(&table[place % TABLE_SIZE],
				    memory_order_acquire);
}

/* --- the site of the await in each slot --- */

/* Where the entry of a slot is recorded. NULL if that is not mapped and, with
 * make, cannot be. */
static owner_chunk owner_of_slot(uint64_t id, bool make)
{
	owner_chunk old, new;
	uint32_t slot = (uint32_t)id; /* without the generation */
	AWAIT_ATOMIC(owner_chunk) *chunk = &owners[slot / CHUNK];

	/* Acquire: the chunk is seen zeroed; partner: the release below. */
	old = atomic_load_explicit(chunk, memory_order_acquire);
	if (!old && make) {
		new = memory_map(CHUNK * sizeof(*new));
		if (!new)
			return NULL;
		/* Release and acquire: as in insert(). */
		if (atomic_compare_exchange_strong_explicit(
			    chunk, &old, new, memory_order_release,
			    memory_order_acquire))
			old = new;
		else
			munmap(new, CHUNK * sizeof(*new));
	}
	return old ? &old[slot % CHUNK] : NULL;
}

static void set_owner(uint64_t id, struct known_site *known)
{
	owner_chunk owner = owner_of_slot(id, known != NULL);

	/* Release: partner of the acquire in sites_find(). */
	if (owner)
		atomic_store_explicit(owner, known, memory_order_release);
}

/* --- as awaits are created and end --- */

/* The name of the shared object that an address lies in; "" for the program,
 * and if it lies in none. The string may disappear when the object is
 * unloaded. */
static const char *object_of(const void *address)
{
	struct dl_find_object found;

	if (!loaded_object_find(&found, address))
		return "";
	return found.dlfo_link_map->l_name;
}

static void names_of(const struct await_site *at, const char *names[NAMES])
{
	names[NAME_TYPE] = at->func->type->name;
	names[NAME_FUNC] = at->func->name;
	names[NAME_FILE] = at->file;
	names[NAME_FUNCTION] = at->function;
	names[NAME_OBJECT] = object_of(at);
	for (int i = 0; i < NAMES; i++)
		if (!names[i])
			names[i] = NO_NAME;
}

static bool is_known_as(const struct known_site *known,
			const struct await_site *at, const char *names[NAMES])
{
	sanitizer_acquire(known);
	if (known->at != at || memcmp(&known->was, at, sizeof(*at)) != 0)
		return false;
	for (int i = 0; i < NAMES; i++)
		if (strcmp(known->names[i], names[i]) != 0)
			return false;
	return true;
}

/* NULL when memory is out. */
static struct known_site *copy(const struct await_site *at,
			       const char *names[NAMES])
{
	size_t sizes[NAMES], size = sizeof(struct known_site);
	struct known_site *known;
	char *to;

	for (int i = 0; i < NAMES; i++)
		size += sizes[i] = strlen(names[i]) + 1;
	known = memory_alloc(size);
	if (!known)
		return NULL;
	known->at = at;
	known->was = *at;
	known->origin = at->func->origin;
	known->present = true;
	atomic_init(&known->dropped, 0);
	to = (char *)(known + 1);
	for (int i = 0; i < NAMES; to += sizes[i++])
		known->names[i] = memcpy(to, names[i], sizes[i]);
	sanitizer_release(known);
	return known;
}

static struct known_site *insert(struct known_site *known,
				 const char *names[NAMES], uint32_t place)
{
	for (;; place++) {
		struct known_site *other = NULL;

		/* Release: a thread that finds the entry finds it written;
		 * acquire: we read another thread's entry next. Partner:
		 * entry_at(). */
		if (atomic_compare_exchange_strong_explicit(
			    &table[place % TABLE_SIZE], &other, known,
			    memory_order_release, memory_order_acquire))
			break;
		if (!is_known_as(other, known->at, names))
			continue;
		free(known);
		return other;
	}
	/* Relaxed: threads that insert at the same time may exceed TABLE_FULL a
	 * little, but half of the table is left for them. */
	atomic_fetch_add_explicit(&used, 1, memory_order_relaxed);
	return known;
}

/* NULL when it cannot be remembered. */
static struct known_site *remember(const struct await_site *at)
{
	const char *names[NAMES];
	struct known_site *known;
	uint32_t place = place_of(at);

	names_of(at, names);
	for (; (known = entry_at(place)); place++)
		if (is_known_as(known, at, names))
			return known;
	if (atomic_load_explicit(&used, memory_order_relaxed) >= TABLE_FULL)
		return NULL;
	known = copy(at, names);
	return known ? insert(known, names, place) : NULL;
}

static void on_event(struct await_sink *sink, const struct await_event *event)
{
	struct known_site *known = remember(event->site);

	(void)sink;
	if (event->type == AWAIT_EVENT_CREATE) {
		set_owner(event->id, known);
		return;
	}
	/* A lazy await that ends PENDING was never waited for. */
	if (event->state != AWAIT_PENDING ||
	    event->site->func->origin != AWAIT_LAZY)
		return;
	/* Relaxed: counters, which order nothing; many threads may count at
	 * once. */
	atomic_fetch_add_explicit(known ? &known->dropped : &dropped_elsewhere,
				  1, memory_order_relaxed);
}

/* --- beginning, and fork() --- */

/* Called in a forked child: what was dropped before the fork is its parent's.
 * Relaxed: the child has one thread. */
static void forget_drops(void)
{
	struct known_site *known;

	atomic_store_explicit(&dropped_elsewhere, 0, memory_order_relaxed);
	for (uint32_t i = 0; i < TABLE_SIZE; i++)
		if ((known = entry_at(i)))
			atomic_store_explicit(&known->dropped, 0,
					      memory_order_relaxed);
}

void sites_begin(void)
{
	static struct await_sink sink = {
		.event = on_event,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE) |
			  AWAIT_EVENT_BIT(AWAIT_EVENT_DESTROY),
	};

	pthread_atfork(NULL, NULL, forget_drops);
	drops_counted = await_sink_add(&sink) == 0;
}

/* --- for the report --- */

static void look(struct known_site *known, void *unused)
{
	(void)unused;
	known->present = site_is_mapped(known);
}

bool sites_look(void)
{
	sites_walk(look, NULL);
	return drops_counted;
}

static struct known_site *find_by_address(const struct await_site *at)
{
	struct known_site *known, *last = NULL;

	for (uint32_t i = place_of(at); (known = entry_at(i)); i++) {
		if (known->at != at)
			continue;
		last = known;
		if (known->present)
			break;
	}
	return last;
}

struct known_site *sites_find(const struct await_site *at, uint64_t id)
{
	owner_chunk owner = owner_of_slot(id, false);
	struct known_site *known = NULL;

	/* Acquire: the entry's fields are read next; partner: set_owner(). */
	if (owner)
		known = atomic_load_explicit(owner, memory_order_acquire);
	/* It may still be the entry of the slot's last await, if the creation
	 * of this one was not emitted yet. */
	return known && known->at == at ? known : find_by_address(at);
}

uint64_t sites_walk(void (*visit)(struct known_site *known, void *data),
		    void *data)
{
	struct known_site *known;

	for (uint32_t i = 0; i < TABLE_SIZE; i++)
		if ((known = entry_at(i)))
			visit(known, data);
	/* Relaxed: a count. */
	return atomic_load_explicit(&dropped_elsewhere, memory_order_relaxed);
}

bool sites_describe(struct descriptor *d, const struct await_site *at,
		    const struct known_site *known)
{
	if (!known)
		return descriptor_load(d, at);
	d->at = NULL; /* so that descriptor_load() does not reuse it */
	d->known = true;
	d->site = known->was;
	d->site.file = known->names[NAME_FILE];
	d->site.function = known->names[NAME_FUNCTION];
	d->func.name = known->names[NAME_FUNC];
	d->func.origin = known->origin;
	d->type.name = known->names[NAME_TYPE];
	return true;
}

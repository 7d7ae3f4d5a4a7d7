/* SPDX-License-Identifier: MIT */
/*
 * Sites whose descriptors and function were found mapped, so that most checks
 * of an await need no system call: reading them by the kernel takes five for
 * each handle, and all threads of a process contend for its memory map there.
 *
 * An entry holds what was read. It is believed as long as ld.so still has an
 * object in its place that has the same program headers, so that all it had
 * mapped is mapped, and whose descriptors are the same. Then the function is
 * the same, too. Only sites of which all lies in one object are remembered, as
 * those of compilers do; those of a just-in-time compiler are looked at each
 * time. A dlclose() on another thread at this moment is not survived: that
 * thread takes away the function which the caller is about to run.
 *
 * Entries are inserted by compare-and-swap, and never changed or removed. All
 * of it is async-signal-safe.
 */
#define _GNU_SOURCE /* _dl_find_object */
#include "libawait/diag/whole_sites.h"

#include "libawait/core/memory.h"
#include "libawait/core/sanitizer.h"
#include "libawait/inspect/loaded_object.h"
#include "libawait/inspect/peek.h"

#include <link.h>
#include <string.h>
#include <sys/mman.h>

#define PLACES 4096u
#define PLACES_TRIED 8u
#define HEADERS_MOST 2048u
#define PAGE 4096u

struct whole_site {
	const struct await_site *at;
	struct await_site site;
	struct await_func func;
	struct await_type type;
	struct dl_find_object object;
	uint32_t headers_size;
	char headers[]; /* the object's first bytes, with program headers */
};

_Static_assert(sizeof(struct whole_site) + HEADERS_MOST <= PAGE,
	       "an entry is a page");

static AWAIT_ATOMIC(struct whole_site *) table[PLACES];

static uint32_t place_of(const struct await_site *at)
{
	/* The product's high bits depend on all of the address. */
	return (uint32_t)((uint64_t)(uintptr_t)at * 0x9e3779b97f4a7c15u >> 48);
}

static bool is_same_object(const struct dl_find_object *a,
			   const struct dl_find_object *b)
{
	return a->dlfo_link_map == b->dlfo_link_map &&
	       a->dlfo_map_start == b->dlfo_map_start &&
	       a->dlfo_map_end == b->dlfo_map_end;
}

static bool is_whole(const struct whole_site *entry)
{
	struct dl_find_object now;

	/* In this order: each line proves that the next reads what is
	 * mapped. */
	return loaded_object_find(&now, entry->at) &&
	       is_same_object(&now, &entry->object) &&
	       memcmp(now.dlfo_map_start, entry->headers,
		      entry->headers_size) == 0 &&
	       memcmp(entry->at, &entry->site, sizeof(entry->site)) == 0 &&
	       memcmp(entry->site.func, &entry->func, sizeof(entry->func)) ==
		       0 &&
	       memcmp(entry->func.type, &entry->type, sizeof(entry->type)) == 0;
}

const struct await_type *whole_sites_find(const struct await_site *at)
{
	const struct whole_site *entry;
	uint32_t place = place_of(at);

	for (uint32_t i = 0; i < PLACES_TRIED; i++) {
		/* Acquire: the entry is read next; partner: the release in
		 * whole_sites_add(). */
		entry = atomic_load_explicit(&table[(place + i) % PLACES],
					     memory_order_acquire);
		if (!entry)
			return NULL;
		sanitizer_acquire(entry);
		/* Another library may have been at its place before. */
		if (entry->at == at && is_whole(entry))
			return &entry->type;
	}
	return NULL;
}

/* How many bytes of an object that begins at start reach the end of its program
 * headers; 0 if they are not there. */
static uint32_t size_of_headers(const void *start)
{
	ElfW(Ehdr) header;
	uint64_t size;

	if (!peek_all(&header, start, sizeof(header)) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
		return 0;
	size = header.e_phoff + (uint64_t)header.e_phnum * header.e_phentsize;
	return header.e_phoff < HEADERS_MOST && size < HEADERS_MOST ?
		       (uint32_t)size :
		       0;
}

/* Whether all that a check reads lies in one object. */
static bool is_in(const struct dl_find_object *object,
		  const struct descriptor *d)
{
	const void *all[] = { d->site.func, d->func.type,
			      (const void *)(uintptr_t)d->func.run };
	struct dl_find_object other;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i] && !(loaded_object_find(&other, all[i]) &&
				is_same_object(&other, object)))
			return false;
	return true;
}

/* NULL if the site is not to be remembered, or memory is out. */
static struct whole_site *make(const struct await_site *at,
			       const struct descriptor *d)
{
	struct dl_find_object object;
	struct whole_site *entry;
	uint32_t size;

	if (!loaded_object_find(&object, at) || !is_in(&object, d))
		return NULL;
	size = size_of_headers(object.dlfo_map_start);
	/* A page: malloc() is not for signal handlers, which may peek. */
	entry = size > 0 ? memory_map(PAGE) : NULL;
	if (!entry)
		return NULL;
	*entry = (struct whole_site){
		.at = at,
		.site = d->site,
		.func = d->func,
		.type = d->type,
		.object = object,
		.headers_size = size,
	};
	if (peek_all(entry->headers, object.dlfo_map_start, size))
		return entry;
	munmap(entry, PAGE);
	return NULL;
}

void whole_sites_add(const struct await_site *at, const struct descriptor *d)
{
	struct whole_site *entry = make(at, d);
	uint32_t place = place_of(at);

	if (!entry)
		return;
	sanitizer_release(entry);
	for (uint32_t i = 0; i < PLACES_TRIED; i++) {
		struct whole_site *none = NULL;

		/* Release: whoever finds the entry finds it written; partner:
		 * whole_sites_find(). Relaxed when there is another. */
		if (atomic_compare_exchange_strong_explicit(
			    &table[(place + i) % PLACES], &none, entry,
			    memory_order_release, memory_order_relaxed))
			return;
	}
	munmap(entry, PAGE);
}

/* SPDX-License-Identifier: MIT */
/*
 * Addresses in a trace have names only if it tells which file lay where. LTTng
 * records that when a session starts; of files that are loaded or unloaded
 * later it learns from its library liblttng-ust-dl, which wraps dlopen(). A
 * wrapped dlopen() searches along the RUNPATH of the wrapper, not along that of
 * the program's file that calls it, so programs would miss their plug-ins.
 *
 * So nothing is wrapped: before an event is recorded whose code, or a caller in
 * its stack, is in a file that was not there as the tracer started, glibc's
 * counts of loads and unloads are looked at. If they have changed, LTTng looks
 * for itself which files there are, and records what is new
 * (lttng_ust_lib:load).
 */
#define _GNU_SOURCE /* dl_iterate_phdr */
#include "maps.h"

#include "common/array.h"
#include "guard.h"
#include "stack/files.h"

#include <await/core.h>

#include <link.h>
#include <stdlib.h>

/* Of LTTng-UST, for liblttng-ust-dl; ip is the context of the events. */
void lttng_ust_dl_update(void *ip);

struct range {
	uintptr_t begin, end;
};

/* The files as the tracer started, which are never unloaded, by address.
 * Constant from then on. */
static struct range *old;
static size_t old_count;

/* Loads and unloads of which LTTng knows. */
static AWAIT_ATOMIC(uint64_t) known;

/* What LTTng calls may be the program's, and use awaits. */
static __thread bool telling __attribute__((tls_model("initial-exec")));

static int add_file(struct dl_phdr_info *info, size_t size, void *unused)
{
	struct range *grown = array_grow(old, old_count, sizeof(*old));
	struct range range = { UINTPTR_MAX, 0 };

	(void)size;
	(void)unused;
	if (!grown)
		return 1;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		uintptr_t begin = info->dlpi_addr + segment->p_vaddr;

		if (segment->p_type != PT_LOAD)
			continue;
		if (begin < range.begin)
			range.begin = begin;
		if (begin + segment->p_memsz > range.end)
			range.end = begin + segment->p_memsz;
	}
	old = grown;
	old[old_count++] = range;
	return 0;
}

static int compare(const void *a, const void *b)
{
	uintptr_t left = ((const struct range *)a)->begin,
		  right = ((const struct range *)b)->begin;

	return (left > right) - (left < right);
}

static bool is_old(uintptr_t addr)
{
	size_t low = 0, high = old_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (addr >= old[middle].end)
			low = middle + 1;
		else
			high = middle;
	}
	return low < old_count && addr >= old[low].begin;
}

void maps_seen(const struct files *files)
{
	uint64_t now = files->loaded + files->unloaded;

	/* Acquire: the files are recorded; partner: the release below. Of two
	 * threads that find them new both see to it. */
	if (telling ||
	    atomic_load_explicit(&known, memory_order_acquire) == now)
		return;
	telling = true;
	lttng_ust_dl_update(__builtin_return_address(0));
	guard_files();
	telling = false;
	atomic_store_explicit(&known, now, memory_order_release);
}

void maps_look(const void *addr)
{
	struct files files;

	if (is_old((uintptr_t)addr) && files_are_there())
		return;
	files = files_count();
	maps_seen(&files);
}

/* A file that is added meanwhile is new, but LTTng has it: no harm. */
void maps_begin(void)
{
	struct files files = files_count();

	dl_iterate_phdr(add_file, NULL);
	if (old_count)
		qsort(old, old_count, sizeof(*old), compare);
	atomic_store_explicit(&known, files.loaded + files.unloaded,
			      memory_order_relaxed);
}

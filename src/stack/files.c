/* SPDX-License-Identifier: MIT */
/* See files.h. glibc counts loads and unloads, and to ask it takes a lock; but
 * as long as no file was loaded after the last one of the beginning, nothing
 * has changed. Once there was one that may be unloaded, which shows by the
 * counts alone, until there is none. */
#define _GNU_SOURCE /* dl_iterate_phdr, RTLD_NOLOAD */
#include "stack/files.h"

#include <dlfcn.h>
#include <stddef.h>

static struct link_map unknown = { .l_next = &unknown };
AWAIT_ATOMIC(struct link_map *) files_last = &unknown;

/* That of the beginning, or &unknown. Constant after files_begin(). */
static struct link_map *oldest = &unknown;

void files_begin(void)
{
	struct link_map *file = _r_debug.r_map;

	while (file && file->l_next)
		file = file->l_next;
	/* RTLD_NODELETE: it stays loaded, so its entry can be read. */
	if (file &&
	    dlopen(file->l_name, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE))
		oldest = file;
	atomic_store_explicit(&files_last, oldest, memory_order_relaxed);
}

bool files_are_there(void)
{
	return *(struct link_map *volatile *)&oldest->l_next;
}

static int count_files(struct dl_phdr_info *info, size_t size, void *files)
{
	(void)size;
	*(struct files *)files = (struct files){
		.loaded = info->dlpi_adds,
		.unloaded = info->dlpi_subs,
	};
	return 1; /* every file reports the same counts */
}

struct files files_count(void)
{
	struct files files = { 0, 0 };

	dl_iterate_phdr(count_files, &files);
	atomic_store_explicit(&files_last,
			      files_are_there() ? &unknown : oldest,
			      memory_order_relaxed);
	return files;
}

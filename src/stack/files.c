/* SPDX-License-Identifier: MIT */
/* See files.h. glibc counts loads and unloads, and to ask it takes a lock; but
 * as long as no file was loaded after the last one of the beginning, nothing
 * has changed. */
#define _GNU_SOURCE /* dl_iterate_phdr, RTLD_NOLOAD */
#include "stack/files.h"

#include <dlfcn.h>
#include <stddef.h>

static struct link_map unknown = { .l_next = &unknown };
struct link_map *files_last = &unknown;

void files_begin(void)
{
	struct link_map *file = _r_debug.r_map;

	while (file && file->l_next)
		file = file->l_next;
	/* RTLD_NODELETE: it stays loaded, so its entry can be read. */
	if (file &&
	    dlopen(file->l_name, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE))
		files_last = file;
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
	return files;
}

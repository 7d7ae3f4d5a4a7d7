/* SPDX-License-Identifier: MIT */
/* Whether the process has loaded or unloaded files since it began: files.c. */
#pragma once

#include <await/core.h>

#include <link.h>
#include <stdbool.h>
#include <stdint.h>

struct files {
	uint64_t loaded, unloaded; /* so far in this process */
};

/* The last file as of files_begin(), which stays loaded; or one that has
 * another behind it. Relaxed: each stays what it is. */
extern AWAIT_ATOMIC(struct link_map *) files_last
	__attribute__((visibility("hidden")));

/* Call once, before the others. */
void files_begin(void);

struct files files_count(void);

/* Whether files may have been loaded since files_begin(), or unloaded since
 * files_count(), but for those in other namespaces. glibc appends to the list,
 * under its lock. Volatile: other threads write it, as one word. */
static inline bool files_are_new(void)
{
	struct link_map *last =
		atomic_load_explicit(&files_last, memory_order_relaxed);

	return *(struct link_map *volatile *)&last->l_next;
}

/* Whether there are any that were loaded since files_begin(). */
bool files_are_there(void);

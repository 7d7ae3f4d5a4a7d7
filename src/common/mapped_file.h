/* SPDX-License-Identifier: MIT */
/*
 * A file that is mapped in a traced process, as an event of its trace describes
 * it: between what reads traces and what opens the files.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAPPED_FILE_BUILD_ID_MAX = 32 };

/* Before all files that are mapped are told of, a state dump is said to begin.
 */
struct mapped_file {
	int64_t process; /* as in struct trace_event */
	int64_t time;
	uint64_t base;
	uint64_t size;
	const char *path;  /* NULL if this is only the build id, which is an
			      event of its own that follows; or otherwise none */
	bool dumped;	   /* a dump begins; only process and time count */
	bool loaded;	   /* just now; otherwise it was there already */
	bool unloaded;	   /* what was at base, and is no more */
	bool has_build_id; /* so that event follows */
	uint8_t build_id[MAPPED_FILE_BUILD_ID_MAX];
	size_t build_id_size;
};

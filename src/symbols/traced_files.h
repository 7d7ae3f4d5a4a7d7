/* SPDX-License-Identifier: MIT */
/*
 * The files that were mapped in traced processes, as they are now. What has a
 * file's path now may be another build of it, which would give an address the
 * name of another function: so build ids are compared, and such a file is not
 * used. If its debug information is in the system's folder of those, found by
 * its build id, that will do.
 */
#pragma once

#include "common/mapped_file.h"
#include "common/table.h"

#include <elfutils/libdwfl.h>

enum traced_file_state {
	TRACED_UNASKED, /* nobody has needed it */
	TRACED_SAME,	/* it is the build that ran */
	TRACED_UNSURE,	/* perhaps: it is used */
	TRACED_OTHER,	/* it is another build: not used */
	TRACED_GONE,	/* or cannot be read: error */
	TRACED_NO_FILE, /* as [vdso] */
};

struct traced_file {
	/* As the trace has it. has_build_id: it had one, which may be lost. */
	char *path;
	uint64_t size; /* in memory */
	bool has_build_id;
	uint8_t build_id[MAPPED_FILE_BUILD_ID_MAX];
	size_t build_id_size;

	enum traced_file_state state;
	int error;
	int64_t changed; /* when it, or what has its path, did; as of events */
	bool late;	 /* that was while the program ran (symbols.c) */
	uint8_t now[MAPPED_FILE_BUILD_ID_MAX]; /* the build id */
	size_t now_size;
	Dwfl *dwfl; /* or NULL; the file lies at base there */
	uint64_t base;
};

struct traced_files {
	struct traced_file **items;
	size_t count;
	struct table by_build;
};

/* That of the path, and with the build id if that is known. NULL without
 * memory. */
struct traced_file *traced_files_of(struct traced_files *files,
				    const char *path,
				    const struct mapped_file *said);

/* Opens it, unless that was tried. base: one where it lay; debuginfod: whether
 * that is asked for debug information. */
void traced_file_open(struct traced_file *file, uint64_t base, bool debuginfod);

enum { TRACED_FILE_PROBLEM = 4096 + 256 };

/* Why its functions have no names, or perhaps others: "PATH: another build than
 * the one that ran (...)". False: nothing is wrong with it. */
bool traced_file_problem(const struct traced_file *file,
			 char text[TRACED_FILE_PROBLEM]);

void traced_files_free(struct traced_files *files);

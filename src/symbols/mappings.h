/* SPDX-License-Identifier: MIT */
/*
 * Which file was mapped where, in which process and when, as a trace tells it:
 * LTTng dumps what there is when a process, or a session, begins, and tells of
 * what is loaded and unloaded later. What lay at an address lies there until it
 * is unloaded, or until the process executes another program.
 *
 * When it has done that is not told. But the new program says when it began,
 * and LTTng dumps its files once more, shortly before or after.
 */
#pragma once

#include "common/mapped_file.h"
#include "common/table.h"
#include "symbols/traced_files.h"

struct mapping {
	int64_t process;
	int64_t time, ended;
	uint64_t base, size;
	bool loaded;   /* at that time; otherwise it was there before */
	bool replaces; /* another one, whose end is told later */
	struct traced_file *file;
};

/* A time from which on all that counts was mapped later: a new program, or all
 * was dumped anew. */
struct program {
	int64_t process;
	int64_t time;
	int64_t began; /* as it says itself, if it was said */
	bool said, dumped;
};

struct mappings {
	struct mapping **items;
	size_t count;
	struct table latest; /* that each process had at each base */
	struct program *programs;
	size_t program_count;
};

/* In the order of their events. began: a program says that it began then, on
 * any occasion. Both return 0, or -1 without memory. */
int mappings_note(struct mappings *mappings, struct traced_files *files,
		  const struct mapped_file *file);
int mappings_program(struct mappings *mappings, int64_t process, int64_t began);

/* NULL: none that is known. */
const struct mapping *mappings_find(const struct mappings *mappings,
				    int64_t process, int64_t at, uint64_t addr);

/* Whether its program had begun at that time, before LTTng told of the mapping.
 */
bool mappings_ran(const struct mappings *mappings,
		  const struct mapping *mapping, int64_t time);

void mappings_free(struct mappings *mappings);

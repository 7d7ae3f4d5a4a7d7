/* SPDX-License-Identifier: MIT */
/*
 * From an address in a traced process to a line of its source. Which file was
 * mapped where comes from the trace; the lines come from the debug information
 * of those files, or of their separate debug files, as they are now. A file
 * whose build id has changed since is not used, nor is one that is no regular
 * file: a trace may name anything.
 */
#pragma once

#include "common/mapped_file.h"

#include <elfutils/libdwfl.h>
#include <stdbool.h>

struct mapping;

struct symbols {
	struct mapping *mappings;
	size_t count;
	bool debuginfod; /* ask it for debug information that is not here */
	bool alone;	 /* this process has one thread: see debug_file.h */
};

/* Notes a mapping or a build id, in the order of their events. Returns 0, or -1
 * without memory. */
int symbols_note(struct symbols *symbols, const struct mapped_file *file);
void symbols_free(struct symbols *symbols);

/* The file that was mapped at addr at that time, opened by libdw with the
 * addresses it had in the process (see struct trace_event); or NULL. Lives as
 * long as symbols. */
Dwfl *symbols_dwfl(const struct symbols *symbols, int64_t process, int64_t at,
		   uint64_t addr);

/*
 * Writes "file:line", or "program+0x123" if the line is not known, or the bare
 * address. at: the time of the event that had addr.
 */
void symbols_describe(const struct symbols *symbols, int64_t process,
		      int64_t at, uint64_t addr, char *text, size_t size);

/* SPDX-License-Identifier: MIT */
/*
 * From an address in a traced process to functions and lines of source. Which
 * file was mapped where comes from the trace (mappings.h); names and lines come
 * from the debug information of those files, or of their separate debug files,
 * as they are now. A file that is of another build by now is not used
 * (traced_files.h), nor is one that is no regular file: a trace may name
 * anything.
 */
#pragma once

#include "common/mapped_file.h"
#include "symbols/mappings.h"
#include "symbols/symbolize.h"
#include "symbols/traced_files.h"

#include <elfutils/libdwfl.h>
#include <stdbool.h>

struct symbols {
	struct mappings mappings;
	struct traced_files files;
	bool debuginfod; /* ask it for debug information that is not here */
	bool alone;	 /* this process has one thread: see debug_file.h */
};

/* Notes a mapping, its end or a build id, in the order of their events. Returns
 * 0, or -1 without memory. */
int symbols_note(struct symbols *symbols, const struct mapped_file *file);

/* Notes that the process says when its program began: likewise. */
int symbols_program(struct symbols *symbols, int64_t process, int64_t began);

void symbols_free(struct symbols *symbols);

/* The file that was mapped at addr at that time, opened by libdw, or NULL;
 * *addr becomes the address that it has there. Lives as long as symbols. */
Dwfl *symbols_dwfl(const struct symbols *symbols, int64_t process, int64_t at,
		   uint64_t *addr);

/* In which file an address is, and how far behind its lowest one. NULL: in none
 * that the trace tells of. */
const struct traced_file *symbols_file(const struct symbols *symbols,
				       int64_t process, int64_t at,
				       uint64_t addr, uint64_t *offset);

/* As symbolize_frames(). at: the time of the event that had addr. */
int symbols_frames(const struct symbols *symbols, int64_t process, int64_t at,
		   uint64_t addr,
		   void (*frame)(void *data,
				 const struct symbolize_frame *frame),
		   void *data);

/* Writes "file:line", or "program+0x123" if the line is not known, or the bare
 * address. */
void symbols_describe(const struct symbols *symbols, int64_t process,
		      int64_t at, uint64_t addr, char *text, size_t size);

/* The last part of its path. */
const char *symbols_file_name(const struct traced_file *file);

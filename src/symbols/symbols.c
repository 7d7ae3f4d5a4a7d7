/* SPDX-License-Identifier: MIT */
/* See symbols.h. */
#include "symbols/symbols.h"

#include "symbols/debug_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int symbols_note(struct symbols *symbols, const struct mapped_file *file)
{
	return mappings_note(&symbols->mappings, &symbols->files, file);
}

int symbols_program(struct symbols *symbols, int64_t process, int64_t began)
{
	return mappings_program(&symbols->mappings, process, began);
}

void symbols_free(struct symbols *symbols)
{
	mappings_free(&symbols->mappings);
	traced_files_free(&symbols->files);
}

/* LTTng reads the build id of a file from what has its path when it notices it.
 * What was put there after the program began may have been loaded by then, or
 * not. */
static void note_late(const struct symbols *symbols,
		      const struct mapping *mapping)
{
	struct traced_file *file = mapping->file;

	if (file->state != TRACED_SAME || !file->changed ||
	    !mappings_ran(&symbols->mappings, mapping, file->changed))
		return;
	file->late = true;
	file->state = TRACED_UNSURE;
}

const struct traced_file *symbols_file(const struct symbols *symbols,
				       int64_t process, int64_t at,
				       uint64_t addr, uint64_t *offset)
{
	const struct mapping *mapping =
		mappings_find(&symbols->mappings, process, at, addr);

	if (!mapping)
		return NULL;
	traced_file_open(mapping->file, mapping->base, symbols->debuginfod);
	note_late(symbols, mapping);
	*offset = addr - mapping->base;
	return mapping->file;
}

Dwfl *symbols_dwfl(const struct symbols *symbols, int64_t process, int64_t at,
		   uint64_t *addr)
{
	uint64_t offset;
	const struct traced_file *file =
		symbols_file(symbols, process, at, *addr, &offset);

	if (!file || !file->dwfl)
		return NULL;
	*addr = file->base + offset;
	return file->dwfl;
}

int symbols_frames(const struct symbols *symbols, int64_t process, int64_t at,
		   uint64_t addr,
		   void (*frame)(void *data,
				 const struct symbolize_frame *frame),
		   void *data)
{
	Dwfl *dwfl = symbols_dwfl(symbols, process, at, &addr);
	int count;

	if (symbols->alone)
		debug_file_forbid_others();
	count = symbolize_frames(dwfl, addr, frame, data);
	if (symbols->alone)
		debug_file_allow_others();
	return count;
}

static const char *line_of(const struct symbols *symbols, int64_t process,
			   int64_t at, uint64_t addr, int *line)
{
	Dwfl *dwfl = symbols_dwfl(symbols, process, at, &addr);
	const char *file;

	if (symbols->alone)
		debug_file_forbid_others();
	file = symbolize_line(dwfl, addr, line);
	if (symbols->alone)
		debug_file_allow_others();
	return file;
}

const char *symbols_file_name(const struct traced_file *file)
{
	const char *slash = strrchr(file->path, '/');

	return slash ? slash + 1 : file->path;
}

void symbols_describe(const struct symbols *symbols, int64_t process,
		      int64_t at, uint64_t addr, char *text, size_t size)
{
	uint64_t offset;
	const struct traced_file *in =
		symbols_file(symbols, process, at, addr, &offset);
	const char *file;
	int line;

	if (!in) {
		snprintf(text, size, "0x%" PRIx64, addr);
		return;
	}
	file = line_of(symbols, process, at, addr, &line);
	if (file)
		snprintf(text, size, "%s:%d", file, line);
	else
		snprintf(text, size, "%s+0x%" PRIx64, symbols_file_name(in),
			 offset);
}

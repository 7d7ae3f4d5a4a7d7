/* SPDX-License-Identifier: MIT */
/* See symbols.h. */
#define _GNU_SOURCE
#include "symbols/symbols.h"

#include "common/regular_file.h"
#include "symbols/debug_file.h"
#include "symbols/symbolize.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ELF_MOST: no program is larger. */
#define ELF_MOST ((uint64_t)4 << 30)
/* The event of a file's build id comes soon after that of its mapping. */
enum { FAR_BACK = 4096 };

struct mapping {
	int64_t process;
	int64_t time;
	uint64_t base;
	uint64_t size;
	char *path;
	uint8_t build_id[MAPPED_FILE_BUILD_ID_MAX];
	size_t build_id_size;
	/* Opened by the first lookup. */
	Dwfl *dwfl;
	bool tried;
	bool stale; /* the file is not the one that was traced */
};

static int add_mapping(struct symbols *symbols, const struct mapped_file *file)
{
	const struct mapping mapping = {
		.process = file->process,
		.time = file->time,
		.base = file->base,
		.size = file->size,
		.path = strdup(file->path),
	};
	struct mapping *larger = reallocarray(
		symbols->mappings, symbols->count + 1, sizeof(mapping));

	if (larger)
		symbols->mappings = larger;
	if (!larger || !mapping.path) {
		free(mapping.path);
		return -1;
	}
	symbols->mappings[symbols->count++] = mapping;
	return 0;
}

static void add_build_id(struct symbols *symbols,
			 const struct mapped_file *file)
{
	for (size_t i = symbols->count;
	     i-- > 0 && symbols->count - i <= FAR_BACK;) {
		struct mapping *mapping = &symbols->mappings[i];

		if (mapping->process != file->process ||
		    mapping->base != file->base)
			continue;
		mapping->build_id_size = file->build_id_size;
		memcpy(mapping->build_id, file->build_id, file->build_id_size);
		return;
	}
}

int symbols_note(struct symbols *symbols, const struct mapped_file *file)
{
	if (file->path)
		return add_mapping(symbols, file);
	add_build_id(symbols, file);
	return 0;
}

void symbols_free(struct symbols *symbols)
{
	for (size_t i = 0; i < symbols->count; i++) {
		dwfl_end(symbols->mappings[i].dwfl);
		free(symbols->mappings[i].path);
	}
	free(symbols->mappings);
	*symbols = (struct symbols){ 0 };
}

/*
 * The last mapping that was recorded before the event; or, as the state is
 * dumped while the program runs already, the first one after it. A process that
 * executed another program has mappings of both.
 */
static struct mapping *find(const struct symbols *symbols, int64_t process,
			    int64_t at, uint64_t addr)
{
	struct mapping *before = NULL, *after = NULL;

	for (size_t i = 0; i < symbols->count; i++) {
		struct mapping *mapping = &symbols->mappings[i];

		if (mapping->process != process ||
		    addr - mapping->base >= mapping->size)
			continue;
		if (mapping->time <= at)
			before = mapping;
		else if (!after)
			after = mapping;
	}
	return before ? before : after;
}

static bool is_stale(const struct mapping *mapping, Dwfl_Module *module)
{
	const unsigned char *bits;
	GElf_Addr where;
	int size = dwfl_module_build_id(module, &bits, &where);

	if (mapping->build_id_size == 0)
		return false;
	return size != (int)mapping->build_id_size ||
	       memcmp(bits, mapping->build_id, size) != 0;
}

static void open_mapping(const struct symbols *symbols, struct mapping *mapping)
{
	Dwfl_Module *module;
	int file;

	mapping->tried = true;
	file = regular_file_open(mapping->path, ELF_MOST);
	if (file < 0)
		return;
	mapping->dwfl = dwfl_begin(debug_file_callbacks(symbols->debuginfod));
	if (!mapping->dwfl) {
		close(file);
		return;
	}
	dwfl_report_begin(mapping->dwfl);
	module = dwfl_report_elf(mapping->dwfl, mapping->path, mapping->path,
				 file, mapping->base, false);
	dwfl_report_end(mapping->dwfl, NULL, NULL);
	if (!module)
		close(file);
	mapping->stale = module && is_stale(mapping, module);
	if (module && !mapping->stale)
		return;
	dwfl_end(mapping->dwfl);
	mapping->dwfl = NULL;
}

static Dwfl *dwfl_of(const struct symbols *symbols, struct mapping *mapping)
{
	if (!mapping->tried)
		open_mapping(symbols, mapping);
	return mapping->dwfl;
}

Dwfl *symbols_dwfl(const struct symbols *symbols, int64_t process, int64_t at,
		   uint64_t addr)
{
	struct mapping *mapping = find(symbols, process, at, addr);

	return mapping ? dwfl_of(symbols, mapping) : NULL;
}

static const char *line_of(const struct symbols *symbols,
			   struct mapping *mapping, uint64_t addr, int *line)
{
	Dwfl *dwfl = dwfl_of(symbols, mapping);
	const char *file;

	if (symbols->alone)
		debug_file_forbid_others();
	file = symbolize_line(dwfl, addr, line);
	if (symbols->alone)
		debug_file_allow_others();
	return file;
}

void symbols_describe(const struct symbols *symbols, int64_t process,
		      int64_t at, uint64_t addr, char *text, size_t size)
{
	struct mapping *mapping = find(symbols, process, at, addr);
	const char *file, *slash;
	int line;

	if (!mapping) {
		snprintf(text, size, "0x%" PRIx64, addr);
		return;
	}
	file = line_of(symbols, mapping, addr, &line);
	if (file) {
		snprintf(text, size, "%s:%d", file, line);
		return;
	}
	slash = strrchr(mapping->path, '/');
	snprintf(text, size, "%s+0x%" PRIx64 "%s",
		 slash ? slash + 1 : mapping->path, addr - mapping->base,
		 mapping->stale ? " (rebuilt since)" : "");
}

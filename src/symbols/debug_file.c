/* SPDX-License-Identifier: MIT */
/* See debug_file.h. */
#define _GNU_SOURCE
#include "symbols/debug_file.h"

#include "common/mapped_file.h"
#include "common/regular_file.h"

#include <elfutils/libdwelf.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define DEBUG "/usr/lib/debug"

enum { BUILD_ID_LEAST = 3 };

struct build_id {
	const unsigned char *bits;
	int size;
};

/* --- other files --- */

static struct rlimit usual;
static bool forbidden;

static void set_limit(rlim_t most)
{
	const struct rlimit limit = { most, usual.rlim_max };

	setrlimit(RLIMIT_NOFILE, &limit);
}

void debug_file_forbid_others(void)
{
	if (forbidden || getrlimit(RLIMIT_NOFILE, &usual))
		return;
	forbidden = true;
	set_limit(0);
}

void debug_file_allow_others(void)
{
	if (forbidden)
		set_limit(usual.rlim_cur);
	forbidden = false;
}

/* --- the search --- */

static bool has_build_id(int file, const struct build_id *wanted)
{
	Elf *elf = elf_begin(file, ELF_C_READ, NULL);
	const void *bits;
	bool same = elf && dwelf_elf_gnu_build_id(elf, &bits) == wanted->size &&
		    memcmp(bits, wanted->bits, (size_t)wanted->size) == 0;

	elf_end(elf);
	return same;
}

static int try_path(const char *path, const struct build_id *wanted,
		    char **found)
{
	int file = regular_file_open(path, UINT64_MAX);

	if (file < 0)
		return -1;
	if (has_build_id(file, wanted)) {
		*found = strdup(path);
		return file;
	}
	close(file);
	return -1;
}

static int try_id(const struct build_id *wanted, char **found)
{
	char path[PATH_MAX], *end = path;

	end += sprintf(end, DEBUG "/.build-id/%02x/", wanted->bits[0]);
	for (int i = 1; i < wanted->size && i < MAPPED_FILE_BUILD_ID_MAX; i++)
		end += sprintf(end, "%02x", wanted->bits[i]);
	strcpy(end, ".debug");
	return try_path(path, wanted, found);
}

/* Beside the file, and at the same place below DEBUG. */
static int try_link(const char *file, const char *link,
		    const struct build_id *wanted, char **found)
{
	static const char *const places[] = { "", "", DEBUG };
	const char *slash = strrchr(file, '/'), *name = strrchr(link, '/');
	char path[PATH_MAX];
	int opened = -1;

	name = name ? name + 1 : link;
	for (int i = 0; slash && i < 3 && opened < 0; i++) {
		snprintf(path, sizeof(path), "%s%.*s/%s%s", places[i],
			 (int)(slash - file), file, i == 1 ? ".debug/" : "",
			 name);
		opened = try_path(path, wanted, found);
	}
	return opened;
}

static int search(Dwfl_Module *module, const char *file, const char *link,
		  char **found)
{
	struct build_id wanted;
	GElf_Addr where;
	int opened;

	wanted.size = dwfl_module_build_id(module, &wanted.bits, &where);
	if (wanted.size < BUILD_ID_LEAST)
		return -1;
	opened = try_id(&wanted, found);
	return opened < 0 && link && file ?
		       try_link(file, link, &wanted, found) :
		       opened;
}

int debug_file_find(Dwfl_Module *module, void **data, const char *name,
		    Dwarf_Addr base, const char *file, const char *link,
		    GElf_Word checksum, char **found)
{
	bool again = forbidden;
	int opened;

	(void)data;
	(void)name;
	(void)base;
	(void)checksum;
	debug_file_allow_others();
	opened = search(module, file, link, found);
	if (again)
		debug_file_forbid_others();
	return opened;
}

/* The same, and then libdw's own search, which asks debuginfod. */
static int find_or_ask(Dwfl_Module *module, void **data, const char *name,
		       Dwarf_Addr base, const char *file, const char *link,
		       GElf_Word checksum, char **found)
{
	bool again = forbidden;
	int opened = debug_file_find(module, data, name, base, file, link,
				     checksum, found);

	if (opened >= 0)
		return opened;
	debug_file_allow_others();
	opened = dwfl_standard_find_debuginfo(module, data, name, base, file,
					      link, checksum, found);
	if (again)
		debug_file_forbid_others();
	return opened;
}

const Dwfl_Callbacks *debug_file_callbacks(bool debuginfod)
{
	static const Dwfl_Callbacks alone = {
		.find_debuginfo = debug_file_find,
	};
	static const Dwfl_Callbacks asking = { .find_debuginfo = find_or_ask };

	return debuginfod ? &asking : &alone;
}

/* SPDX-License-Identifier: MIT */
/* See debug_file.h. */
#define _GNU_SOURCE
#include "symbols/debug_file.h"

#include "common/mapped_file.h"
#include "common/regular_file.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwelf.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
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

int debug_file_open(const unsigned char *build_id, int size, char **path)
{
	const struct build_id wanted = { build_id, size };

	*path = NULL;
	elf_version(EV_CURRENT); /* which libdw does only as it begins */
	return size < BUILD_ID_LEAST ? -1 : try_id(&wanted, path);
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

/* libdw asks in the same way for what dwz made, when it has the debug
 * information: but then not for what the file itself calls so. */
static bool is_for_dwz(Dwfl_Module *module, const char *link)
{
	GElf_Addr bias;
	GElf_Word checksum;
	Elf *elf = dwfl_module_getelf(module, &bias);
	const char *own = elf ? dwelf_elf_gnu_debuglink(elf, &checksum) : NULL;

	return link && !(own && !strcmp(link, own));
}

/* link: as dwz wrote it, from the place of the file that has it. */
static int search_dwz(Dwfl_Module *module, const char *file, const char *link,
		      char **found)
{
	Dwarf_Addr bias;
	Dwarf *debug = dwfl_module_getdwarf(module, &bias);
	const char *slash = file ? strrchr(file, '/') : NULL, *name;
	const void *bits;
	struct build_id wanted;
	char path[PATH_MAX];
	int opened;

	wanted.size =
		debug ? (int)dwelf_dwarf_gnu_debugaltlink(debug, &name, &bits) :
			0;
	if (wanted.size < BUILD_ID_LEAST)
		return -1;
	wanted.bits = bits;
	opened = try_id(&wanted, found);
	if (opened >= 0 || (*link != '/' && !slash))
		return opened;
	snprintf(path, sizeof(path), "%.*s%s",
		 *link == '/' ? 0 : (int)(slash + 1 - file), file ? file : "",
		 link);
	return try_path(path, &wanted, found);
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
	opened = (is_for_dwz(module, link) ? search_dwz : search)(module, file,
								  link, found);
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

/* --- split units --- */

static const char *text_of(Dwarf_Die *unit, unsigned name)
{
	Dwarf_Attribute attribute;

	return dwarf_formstring(dwarf_attr(unit, name, &attribute));
}

/* There is nothing, or what can be opened without harm. */
static bool is_harmless(const char *path)
{
	struct stat status;

	return stat(path, &status) != 0 || S_ISREG(status.st_mode);
}

/* Where libdw looks for it: by its name, from the folder of the file that has
 * the unit and from that where the compiler ran; and in a package of all. */
static bool are_harmless(const char *file, const char *directory,
			 const char *name)
{
	char real[PATH_MAX], path[3 * PATH_MAX];
	const char *slash;
	int folder;

	if (*name == '/' && !is_harmless(name))
		return false;
	if (!file || !realpath(file, real))
		return true;
	slash = strrchr(real, '/');
	folder = (int)(slash + 1 - real);
	snprintf(path, sizeof(path), "%s.dwp", real);
	if (!is_harmless(path))
		return false;
	snprintf(path, sizeof(path), "%.*s%s", folder, real, name);
	if (!is_harmless(path))
		return false;
	if (*directory == '/')
		snprintf(path, sizeof(path), "%s/%s", directory, name);
	else
		snprintf(path, sizeof(path), "%.*s%s/%s", folder, real,
			 directory, name);
	return is_harmless(path);
}

bool debug_file_split(Dwfl_Module *module, Dwarf_Die *unit, Dwarf_Die *split)
{
	const char *name = text_of(unit, DW_AT_dwo_name), *main, *debug;
	const char *directory = text_of(unit, DW_AT_comp_dir);
	bool again = forbidden, found;
	Dwarf_Files *files;
	size_t count;

	if (!name)
		name = text_of(unit, DW_AT_GNU_dwo_name);
	if (!name)
		return false;
	directory = directory ? directory : "";
	dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, &main, &debug);
	if (!are_harmless(main, directory, name) ||
	    !are_harmless(debug, directory, name))
		return false;
	debug_file_allow_others();
	found = dwarf_cu_info(unit->cu, NULL, NULL, NULL, split, NULL, NULL,
			      NULL) == 0 &&
		split->addr;
	/* libdw fails an assertion where it needs these and has not read them.
	 */
	found = found && dwarf_getsrcfiles(split, &files, &count) == 0;
	if (again)
		debug_file_forbid_others();
	return found;
}

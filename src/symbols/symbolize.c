/* SPDX-License-Identifier: MIT */
/* See symbolize.h. */
#define _GNU_SOURCE
#include "symbols/symbolize.h"

#include "symbols/debug_file.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Dwfl_Module *module_of(Dwfl *dwfl, uint64_t addr)
{
	return dwfl ? dwfl_addrmodule(dwfl, addr) : NULL;
}

/* Compilers may leave out the table by which libdw finds a unit, as clang does.
 * libdw takes what lies between two parts of a unit for a part of it, too. */
static Dwarf_Die *unit_of(Dwfl_Module *module, uint64_t addr, Dwarf_Addr *bias)
{
	Dwarf_Die *unit = dwfl_module_addrdie(module, addr, bias);

	if (unit && dwarf_haspc(unit, addr - *bias) != 0)
		return unit;
	unit = NULL;
	while ((unit = dwfl_module_nextcu(module, unit, bias)))
		if (dwarf_haspc(unit, addr - *bias) > 0)
			return unit;
	return NULL;
}

/* That which describes its functions: the unit, or *split. */
static Dwarf_Die *whole_of(Dwfl_Module *module, Dwarf_Die *unit,
			   Dwarf_Die *split)
{
	return unit && debug_file_split(module, unit, split) ? split : unit;
}

/* The path as it was passed to the compiler, and as the await's creation has
 * it: without the directory the compiler ran in, which libdw puts in front. */
static const char *as_compiled(Dwarf_Die *unit, const char *file)
{
	Dwarf_Attribute attribute;
	const char *directory =
		dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
	size_t length = directory ? strlen(directory) : 0;

	if (!length || strncmp(file, directory, length) || file[length] != '/')
		return file;
	return file + length + 1;
}

/* Whether a path is .../await/NAME.hpp: <await/await.hpp> and what it is of. */
static bool is_await_hpp(const char *path)
{
	static const char folder[] = "/await/", end[] = ".hpp";
	const char *name = strrchr(path, '/');
	size_t length = strlen(path);

	return name && (size_t)(name - path) + 1 >= strlen(folder) &&
	       !strncmp(name + 1 - strlen(folder), folder, strlen(folder)) &&
	       length > strlen(end) &&
	       !strcmp(path + length - strlen(end), end);
}

/* Inlined into the caller as a part of it: the line and the name of what is
 * there are the caller's. Not by DW_AT_artificial, which clang leaves out. */
static bool is_part_of_caller(Dwarf_Die *scope)
{
	const char *file = dwarf_tag(scope) == DW_TAG_inlined_subroutine ?
				   dwarf_decl_file(scope) :
				   NULL;

	return file && is_await_hpp(file);
}

/* Writes the names of those scopes that are functions, up to the one that is
 * not inlined. */
static void write_names(Dwarf_Die *scopes, int count, FILE *out)
{
	for (int i = 0; i < count; i++) {
		int tag = dwarf_tag(&scopes[i]);
		const char *name;

		if ((tag != DW_TAG_inlined_subroutine &&
		     tag != DW_TAG_subprogram) ||
		    is_part_of_caller(&scopes[i]))
			continue;
		name = dwarf_diename(&scopes[i]);
		if (name)
			fwrite(name, strlen(name) + 1, 1, out);
		if (tag == DW_TAG_subprogram)
			break;
	}
}

/* Whether code may be below an entry that does not contain it: clang leaves the
 * functions of a namespace or class there. everywhere: also below other
 * functions, as the code of a lambda may be. */
static bool may_hold_code(Dwarf_Die *entry, bool everywhere)
{
	switch (dwarf_tag(entry)) {
	case DW_TAG_namespace:
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
		return true;
	case DW_TAG_subprogram:
	case DW_TAG_lexical_block:
		return everywhere;
	default:
		return false;
	}
}

static bool is_code_with(Dwarf_Die *entry, Dwarf_Addr pc)
{
	switch (dwarf_tag(entry)) {
	case DW_TAG_subprogram:
	case DW_TAG_inlined_subroutine:
	case DW_TAG_lexical_block:
		return dwarf_haspc(entry, pc) > 0;
	default:
		return false;
	}
}

/* Unlike dwarf_getscopes(), which wants what is inlined to be defined near by,
 * too. */
static bool find_innermost(Dwarf_Die *root, Dwarf_Addr pc, bool everywhere,
			   Dwarf_Die *inner)
{
	Dwarf_Die child;

	if (dwarf_child(root, &child) != 0)
		return false;
	do {
		bool has = is_code_with(&child, pc);

		if (has)
			*inner = child;
		if ((has || may_hold_code(&child, everywhere)) &&
		    (find_innermost(&child, pc, everywhere, inner) || has))
			return true;
	} while (dwarf_siblingof(&child, &child) == 0);
	return false;
}

/* The scopes around the address, the innermost first; what is inlined is within
 * its callers. Returns how many; the caller frees them. */
static int scopes_at(Dwarf_Die *unit, Dwarf_Addr pc, Dwarf_Die **scopes)
{
	Dwarf_Die inner;
	int count = 0;

	*scopes = NULL;
	if (find_innermost(unit, pc, false, &inner) ||
	    find_innermost(unit, pc, true, &inner))
		count = dwarf_getscopes_die(&inner, scopes);
	return count > 0 ? count : 0;
}

static void write_scopes(Dwfl_Module *module, uint64_t addr, FILE *out)
{
	Dwarf_Addr bias = 0;
	Dwarf_Die split, *scopes;
	Dwarf_Die *unit =
		whole_of(module, unit_of(module, addr, &bias), &split);
	int count = unit ? scopes_at(unit, addr - bias, &scopes) : 0;

	if (!count)
		return;
	write_names(scopes, count, out);
	free(scopes);
}

/* The call by which a scope was inlined. */
static const char *call_of(Dwarf_Die *unit, Dwarf_Die *scope, int *line)
{
	Dwarf_Attribute attribute;
	Dwarf_Word file, number;
	Dwarf_Files *files;
	size_t count;

	if (dwarf_formudata(dwarf_attr(scope, DW_AT_call_file, &attribute),
			    &file) != 0 ||
	    dwarf_formudata(dwarf_attr(scope, DW_AT_call_line, &attribute),
			    &number) != 0 ||
	    dwarf_getsrcfiles(unit, &files, &count) != 0 || file >= count)
		return NULL;
	*line = (int)number;
	return dwarf_filesrc(files, file, NULL, NULL);
}

/* The outermost call of what is a part of its caller at pc, or NULL. */
static const char *outer_call(Dwarf_Die *unit, Dwarf_Addr pc, int *line)
{
	Dwarf_Die *scopes;
	const char *file = NULL;
	int count = scopes_at(unit, pc, &scopes);

	for (int i = 0; i < count; i++) {
		if (is_part_of_caller(&scopes[i]))
			file = call_of(unit, &scopes[i], line);
		else if (dwarf_tag(&scopes[i]) != DW_TAG_lexical_block)
			break;
	}
	free(scopes);
	return file;
}

const char *symbolize_line(Dwfl *dwfl, uint64_t addr, int *line)
{
	Dwfl_Module *module = module_of(dwfl, addr);
	Dwarf_Addr bias = 0;
	Dwarf_Die *unit = module ? unit_of(module, addr, &bias) : NULL;
	Dwarf_Line *found = unit ? dwarf_getsrc_die(unit, addr - bias) : NULL;
	const char *file = found ? dwarf_linesrc(found, NULL, NULL) : NULL;
	const char *call;
	Dwarf_Die split;

	if (!file || dwarf_lineno(found, line) != 0)
		return NULL;
	call = outer_call(whole_of(module, unit, &split), addr - bias, line);
	return as_compiled(unit, call ? call : file);
}

/* What assemblers leave may have no type; and symbols of no code lie near it.
 */
static bool is_of_code(const GElf_Sym *symbol, Elf *elf, GElf_Word section)
{
	Elf_Scn *found;
	GElf_Shdr header;

	switch (GELF_ST_TYPE(symbol->st_info)) {
	case STT_FUNC:
	case STT_GNU_IFUNC:
		return true;
	case STT_NOTYPE:
		found = elf ? elf_getscn(elf, section) : NULL;
		return found && gelf_getshdr(found, &header) &&
		       header.sh_flags & SHF_EXECINSTR;
	default:
		return false;
	}
}

/* To be freed; NULL: none. Compilers add .constprop.0 and the like to the names
 * of functions that they specialize. */
static char *symbol_at(Dwfl_Module *module, uint64_t addr)
{
	GElf_Sym symbol;
	GElf_Off offset;
	GElf_Word section;
	Elf *elf;
	Dwarf_Addr bias;
	const char *name = dwfl_module_addrinfo(module, addr, &offset, &symbol,
						&section, &elf, &bias);
	size_t length = name ? strcspn(name, ".") : 0;

	return length && is_of_code(&symbol, elf, section) ?
		       strndup(name, length) :
		       NULL;
}

static void write_symbol(Dwfl_Module *module, uint64_t addr, FILE *out)
{
	char *name = symbol_at(module, addr);

	if (name)
		fwrite(name, strlen(name) + 1, 1, out);
	free(name);
}

char *symbolize_functions(Dwfl *dwfl, uint64_t addr)
{
	Dwfl_Module *module = module_of(dwfl, addr);
	char *names = NULL;
	size_t size = 0;
	FILE *out;
	int failed;

	if (!module)
		return NULL;
	out = open_memstream(&names, &size);
	if (!out)
		return NULL;
	write_scopes(module, addr, out);
	if (ftell(out) == 0)
		write_symbol(module, addr, out);
	fputc('\0', out);
	failed = ferror(out);
	if (fclose(out) || failed || size <= 1) {
		free(names);
		return NULL;
	}
	return names;
}

/* Where the frames of one address are told. */
struct telling {
	Dwarf_Die *unit, *whole;
	void (*frame)(void *data, const struct symbolize_frame *frame);
	void *data;
	int told;
	/* Where the next one is. */
	const char *file;
	int line;
};

static void tell(struct telling *to, const char *function, bool inlined)
{
	const struct symbolize_frame frame = {
		.function = function,
		.source = to->file ? as_compiled(to->unit, to->file) : NULL,
		.line = to->line,
		.inlined = inlined,
	};

	to->frame(to->data, &frame);
	to->told++;
}

/* Returns whether that was the last one. */
static bool tell_scope(struct telling *to, Dwarf_Die *scope)
{
	int tag = dwarf_tag(scope);

	if (tag == DW_TAG_subprogram) {
		tell(to, dwarf_diename(scope), false);
		return true;
	}
	if (tag != DW_TAG_inlined_subroutine)
		return false;
	if (!is_part_of_caller(scope))
		tell(to, dwarf_diename(scope), true);
	to->file = call_of(to->whole, scope, &to->line);
	return false;
}

static void tell_scopes(struct telling *to, Dwarf_Addr pc)
{
	Dwarf_Line *found = dwarf_getsrc_die(to->unit, pc);
	Dwarf_Die *scopes;
	int count = scopes_at(to->whole, pc, &scopes);

	to->file = found ? dwarf_linesrc(found, NULL, NULL) : NULL;
	if (to->file && dwarf_lineno(found, &to->line) != 0)
		to->file = NULL;
	for (int i = 0; i < count; i++)
		if (tell_scope(to, &scopes[i]))
			break;
	free(scopes);
}

int symbolize_frames(Dwfl *dwfl, uint64_t addr,
		     void (*frame)(void *data,
				   const struct symbolize_frame *frame),
		     void *data)
{
	struct telling to = { .frame = frame, .data = data };
	Dwfl_Module *module = module_of(dwfl, addr);
	Dwarf_Addr bias = 0;
	Dwarf_Die split;
	char *name;

	if (!module)
		return 0;
	to.unit = unit_of(module, addr, &bias);
	to.whole = whole_of(module, to.unit, &split);
	if (to.unit)
		tell_scopes(&to, addr - bias);
	if (to.told)
		return to.told;
	name = symbol_at(module, addr);
	if (name || to.file)
		tell(&to, name, false);
	free(name);
	return to.told;
}

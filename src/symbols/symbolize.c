/* SPDX-License-Identifier: MIT */
/* See symbolize.h. */
#define _GNU_SOURCE
#include "symbols/symbolize.h"

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
 */
static Dwarf_Die *unit_of(Dwfl_Module *module, uint64_t addr, Dwarf_Addr *bias)
{
	Dwarf_Die *unit = dwfl_module_addrdie(module, addr, bias);

	if (unit)
		return unit;
	while ((unit = dwfl_module_nextcu(module, unit, bias)))
		if (dwarf_haspc(unit, addr - *bias) > 0)
			return unit;
	return NULL;
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

const char *symbolize_line(Dwfl *dwfl, uint64_t addr, int *line)
{
	Dwfl_Module *module = module_of(dwfl, addr);
	Dwarf_Addr bias = 0;
	Dwarf_Die *unit = module ? unit_of(module, addr, &bias) : NULL;
	Dwarf_Line *found = unit ? dwarf_getsrc_die(unit, addr - bias) : NULL;
	const char *file = found ? dwarf_linesrc(found, NULL, NULL) : NULL;

	if (!file || dwarf_lineno(found, line) != 0)
		return NULL;
	return as_compiled(unit, file);
}

/* Writes the names of those scopes that are functions, up to the one that is
 * not inlined. */
static void write_names(Dwarf_Die *scopes, int count, FILE *out)
{
	for (int i = 0; i < count; i++) {
		int tag = dwarf_tag(&scopes[i]);
		const char *name;

		if (tag != DW_TAG_inlined_subroutine &&
		    tag != DW_TAG_subprogram)
			continue;
		name = dwarf_diename(&scopes[i]);
		if (name)
			fwrite(name, strlen(name) + 1, 1, out);
		if (tag == DW_TAG_subprogram)
			break;
	}
}

/* Like dwarf_getscopes(), which does not look into entries without addresses of
 * their own: clang leaves the functions of a namespace or class there. */
static int scopes_below(Dwarf_Die *root, Dwarf_Addr pc, Dwarf_Die **scopes)
{
	int count = dwarf_getscopes(root, pc, scopes);
	Dwarf_Die child;

	if (count > 0 || dwarf_child(root, &child) != 0)
		return count;
	do {
		switch (dwarf_tag(&child)) {
		case DW_TAG_namespace:
		case DW_TAG_class_type:
		case DW_TAG_structure_type:
			count = scopes_below(&child, pc, scopes);
			if (count > 0)
				return count;
			break;
		default:
			break;
		}
	} while (dwarf_siblingof(&child, &child) == 0);
	return 0;
}

/* dwarf_getscopes() leads from an inlined function to where that was defined;
 * from its innermost scope, dwarf_getscopes_die() leads to the callers. */
static void write_scopes(Dwfl_Module *module, uint64_t addr, FILE *out)
{
	Dwarf_Addr bias = 0;
	Dwarf_Die *unit = unit_of(module, addr, &bias);
	Dwarf_Die *inner = NULL, *scopes = NULL;
	int count;

	if (!unit || scopes_below(unit, addr - bias, &inner) <= 0)
		return;
	count = dwarf_getscopes_die(&inner[0], &scopes);
	write_names(scopes, count, out);
	if (count > 0)
		free(scopes);
	free(inner);
}

/* Compilers add .constprop.0 and the like to the names of functions that they
 * specialize. */
static void write_symbol(Dwfl_Module *module, uint64_t addr, FILE *out)
{
	const char *name = dwfl_module_addrname(module, addr);
	size_t length = name ? strcspn(name, ".") : 0;

	if (!length)
		return;
	fwrite(name, length, 1, out);
	fputc('\0', out);
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

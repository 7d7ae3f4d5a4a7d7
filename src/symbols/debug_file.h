/* SPDX-License-Identifier: MIT */
/*
 * Where libdw finds the debug information of a file, if that is in a file of
 * its own; and what dwz has put into another one, which several files share.
 * libdw's own search asks debuginfod, unasked, and opens whatever a file names:
 * this one opens regular files alone, and believes those that have the build id
 * that they are to have. Called by libdw.
 */
#pragma once

#include <elfutils/libdwfl.h>
#include <stdbool.h>

/* For dwfl_begin(); debuginfod: whether to ask that, too, for what is not here.
 */
const Dwfl_Callbacks *debug_file_callbacks(bool debuginfod);

/* The debug information of the file with that build id, among the system's.
 * Returns it, open, and sets *path, to be freed; or -1. */
int debug_file_open(const unsigned char *build_id, int size, char **path);

int debug_file_find(Dwfl_Module *module, void **data, const char *name,
		    Dwarf_Addr base, const char *file, const char *link,
		    GElf_Word checksum, char **found);

/* Compilers may leave in a unit only what linkers change, and put the rest into
 * a file that it names (-gsplit-dwarf). Sets *split to that, and returns true,
 * if it can be had. */
bool debug_file_split(Dwfl_Module *module, Dwarf_Die *unit, Dwarf_Die *split);

/*
 * For a command that has one thread: while names are looked up, no file is
 * opened but those that are found here. A file may name others, which libdw
 * would open as they are.
 */
void debug_file_forbid_others(void);
void debug_file_allow_others(void);

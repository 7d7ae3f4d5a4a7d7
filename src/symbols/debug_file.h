/* SPDX-License-Identifier: MIT */
/*
 * Where libdw finds the debug information of a file, if that is in a file of
 * its own. libdw's own search asks debuginfod, unasked, and opens whatever a
 * file names: this one opens regular files alone, and believes those that have
 * the same build id. Called by libdw.
 */
#pragma once

#include <elfutils/libdwfl.h>
#include <stdbool.h>

/* For dwfl_begin(); debuginfod: whether to ask that, too, for what is not here.
 */
const Dwfl_Callbacks *debug_file_callbacks(bool debuginfod);

int debug_file_find(Dwfl_Module *module, void **data, const char *name,
		    Dwarf_Addr base, const char *file, const char *link,
		    GElf_Word checksum, char **found);

/*
 * For a command that has one thread: while names are looked up, no file is
 * opened but those that are found here. A file may name others, which libdw
 * would open as they are.
 */
void debug_file_forbid_others(void);
void debug_file_allow_others(void);

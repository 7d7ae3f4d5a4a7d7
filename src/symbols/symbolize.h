/* SPDX-License-Identifier: MIT */
/*
 * The functions and the line of one address, by debug information and symbol
 * tables. dwfl may be NULL: then nothing is known.
 */
#pragma once

#include <elfutils/libdwfl.h>
#include <stdint.h>

/* The file, as the compiler was given it, and the line; or NULL. Lives as long
 * as dwfl. */
const char *symbolize_line(Dwfl *dwfl, uint64_t addr, int *line);

/*
 * The functions that addr lies in: each name with its NUL, the innermost
 * inlined one first, the last one that has code of its own, then an empty
 * name. NULL if that is not known, or without memory; otherwise to be freed.
 */
char *symbolize_functions(Dwfl *dwfl, uint64_t addr);

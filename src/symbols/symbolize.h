/* SPDX-License-Identifier: MIT */
/*
 * What debug information and symbol tables say of one address. dwfl may be
 * NULL: it says nothing then.
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
 * name. NULL if nobody knows or memory is out; otherwise to be freed.
 */
char *symbolize_functions(Dwfl *dwfl, uint64_t addr);

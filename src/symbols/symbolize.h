/* SPDX-License-Identifier: MIT */
/*
 * The functions and the line of one address, by debug information and symbol
 * tables. dwfl may be NULL: then nothing is known.
 */
#pragma once

#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <stdint.h>

/* The file, as the compiler was given it, and the line; or NULL. Lives as long
 * as dwfl. */
const char *symbolize_line(Dwfl *dwfl, uint64_t addr, int *line);

struct symbolize_frame {
	const char *function; /* NULL: it has no name here */
	const char *source;   /* as symbolize_line(); NULL: not known */
	int line;
	bool inlined; /* into the function of the frame that follows */
};

/* Calls frame() for each function that addr lies in, as below, with where that
 * is: for those that others are inlined into, where they are called. What frame
 * points to is valid during the call. Returns how many calls: 0 if nothing is
 * known. */
int symbolize_frames(Dwfl *dwfl, uint64_t addr,
		     void (*frame)(void *data,
				   const struct symbolize_frame *frame),
		     void *data);

/*
 * The functions that addr lies in: each name with its NUL, the innermost
 * inlined one first, the last one that has code of its own, then an empty
 * name. NULL if that is not known, or without memory; otherwise to be freed.
 */
char *symbolize_functions(Dwfl *dwfl, uint64_t addr);

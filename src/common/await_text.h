/* SPDX-License-Identifier: MIT */
/*
 * The words for awaits, the same in all that shows them: await_dump(), aborts,
 * awaitctl, libawait-test. The scripts for gdb and lldb say the same in Python.
 *
 *     #14  #14.1                                       ids
 *     pending  running  resolved ...                   states
 *     -ENOENT (No such file or directory), 2 attempts  errors
 *     7  true  0.5  "text"  0x7f0c2a640040  {8 bytes}  values, by their kind
 *
 * Knows bytes, and not whose they are: that memory may be another process's, or
 * unmapped, is the business of who read it. Async-signal-safe, as line.h is.
 */
#pragma once

#include "common/line.h"

#include <stdbool.h>

/* Of enum await_state; a damaged one is said to be that. */
const char *state_name(uint32_t state);

/* The slot, and its generation from the slot's second await on. */
void line_id(struct line *line, uint64_t id);

/* "-ENOENT", or the number where it is no negative errno. */
void line_error_name(struct line *line, int error);
/* The number of attempts at most; there may have been more. */
#define ATTEMPTS_MOST 255u
/* With what it means; attempts are 0 where there are none, as of a promise. */
void line_error(struct line *line, int error, unsigned attempts);

/* A value of enum await_kind; of a string its address, see line_string(). What
 * kind and size do not explain, or bytes that are NULL, show as the size. */
void line_value(struct line *line, uint32_t kind, const void *bytes,
		uint32_t size);
/* The number in size bytes; false where they are no machine word. */
bool value_word(const void *bytes, uint32_t size, uint64_t *word);
/* The string at address: its text as for line_quoted(), or NULL if that cannot
 * be read. */
void line_string(struct line *line, uint64_t address, const char *text,
		 size_t size);

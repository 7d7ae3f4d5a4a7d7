/* SPDX-License-Identifier: MIT */
/*
 * How awaits are written, the same everywhere they are shown: await_dump(),
 * aborts, awaitctl, libawait-test. The scripts for gdb and lldb say the same in
 * Python.
 *
 *     #14  #14.1                                       ids
 *     #14 "config"                                     with names of their own
 *     pending  running  resolved ...                   states
 *     -ENOENT (No such file or directory), 2 attempts  errors
 *     7  true  0.5  "text"  0x7f0c2a640040  {8 bytes}  values, by their kind
 *     done                                             that of an action
 *
 * These functions take bytes that were read already: that memory may belong to
 * another process, or be unmapped, is the concern of the code that reads it.
 * They are async-signal-safe, as those of line.h are.
 */
#pragma once

#include "common/line.h"

#include <stdbool.h>

/* The name of an enum await_state; a value that is none of these is shown as
 * damaged. */
const char *state_name(uint32_t state);

/* Said of a run that was asked to stop, after the thread that runs it. */
#define STOP_TEXT ", asked to stop"

/* Writes an id: the number of the slot, and its generation from the slot's
 * second await on. */
void line_id(struct line *line, uint64_t id);

/* The name that a user gave to an await, after its id: ` "config"`; nothing of
 * "". */
void line_given_name(struct line *line, const char *name);

/* "-ENOENT", or the number where it is no negative errno. */
void line_error_name(struct line *line, int error);
/* The largest number of attempts that is counted; there may have been more. */
#define ATTEMPTS_MOST 255u
/* Adds what the error means, and the attempts unless they are 0, as for a
 * promise. */
void line_error(struct line *line, int error, unsigned attempts);

/* "only who waits holds it unless lent (2 references)", of a promise for which
 * so many threads wait and which has as many references; nothing of 0. That a
 * thread waits by a reference of its own cannot be seen, hence the condition.
 */
void line_only_waiters(struct line *line, uint32_t waiters);

/* A value of that kind, an enum await_kind; a string is shown as its address:
 * see line_string(). If kind and size do not fit together, or bytes is NULL,
 * only the size is shown. */
void line_value(struct line *line, uint32_t kind, const void *bytes,
		uint32_t size);
/* Reads the number in size bytes. False if they are not a machine word. */
bool value_word(const void *bytes, uint32_t size, uint64_t *word);
/* A string at address. text and size are as for line_quoted(); text is NULL if
 * it cannot be read. */
void line_string(struct line *line, uint64_t address, const char *text,
		 size_t size);

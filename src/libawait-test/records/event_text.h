/* SPDX-License-Identifier: MIT */
/*
 * Events as text for failures, in the words of the matchers: await_hit("fetch")
 * finds what reads "hit fetch #12". One event is one line, without newline:
 *
 *     hit fetch #12 in #3 by show at page.c:31 on T1 (4711)
 *
 * All of it is appended to a struct text, a buffer of fixed size.
 */
#pragma once

#include "libawait-test/records/records.h"

/* Text that does not fit is cut and ends in "...". */
struct text {
	char *at;
	size_t size, used;
	const struct await_trace *trace; /* has the names of ids; or NULL */
};

void text_add(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A name of the program's or of the trace's, as common/printable.h shows it. */
void text_name(struct text *text, const char *name);
/* Both as common/await_text.h has them; an id with the name that its await has,
 * if that is known. */
void text_id(struct text *text, uint64_t id);
void text_error(struct text *text, int error);
void text_site(struct text *text, const struct await_site *site);
/* "hit"; state -1 is any. NULL: there is no such event. */
const char *text_verb(int type, int state);
/* T1, and the system's number in parentheses. */
void text_thread(struct text *text, const struct await_trace *trace,
		 uint32_t thread);
/* The whole line. */
void text_record(struct text *text, const struct await_trace *trace,
		 const struct record *record);
/* The part of it that is the same on every machine, with these ids instead. */
void text_what(struct text *text, const struct await_trace *trace,
	       const struct record *record, uint64_t id, uint64_t parent);
/* "event 3: ", and the line. */
void text_numbered(struct text *text, const struct await_trace *trace,
		   size_t index);
/* The name of the await's function; never NULL. */
const char *text_function(const struct record *record);
/* path without its folders. */
const char *text_file(const char *path);

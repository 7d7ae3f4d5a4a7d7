/* SPDX-License-Identifier: MIT */
/*
 * What a recording left out on purpose. A trace does not say which filter its
 * events have passed, so the recording's directory has it, in a file `filter`:
 * the expression, then the events that had to pass it, a line each. All others
 * are whole. Without the file nothing is known: LTTng's own commands can
 * filter, too.
 */
#pragma once

#include "awaitctl/tracedir/folder.h"
#include "common/trouble.h"

#include <stdbool.h>

#define FILTERED_FILE "filter"

enum { FILTERED_EVENTS_MAX = 64 };

struct filtered {
	char *text;			   /* the expression */
	char *events[FILTERED_EVENTS_MAX]; /* "await:hit"; NULL after the last
					    */
};

/* Puts it in a new recording. events: NULL after the last. Returns 0 or -1. */
int filtered_write(const struct folder *folder, const char *text,
		   const char *const *events, struct trouble *why);

/* Of a directory. False if it has no such file, or none that is sound. In any
 * case filtered_free() frees what it has allocated. */
bool filtered_read(struct filtered *filtered, const char *directory);
void filtered_free(struct filtered *filtered);

/* Whether an event had to pass the filter. */
bool filtered_has(const struct filtered *filtered, const char *event);

/* Whether all events of an await pass it, or none of those that it is for: it
 * asks for nothing that changes in an await's life. */
bool filtered_by_await(const struct filtered *filtered);

/* SPDX-License-Identifier: MIT */
/*
 * What the program that controls LTTng passes in: whether its user has asked
 * it to stop, and where lines go that are no errors of the function that writes
 * them. Errors are returned (common/trouble.h).
 */
#pragma once

#include "common/trouble.h"

#include <stdbool.h>

/* Either function may be NULL. Both are called from any thread. */
struct lttng_host {
	bool (*stop_requested)(void *data);
	/* One line for the user, without a newline. */
	void (*note)(void *data, const char *line);
	void *data;
};

bool lttng_host_stop_requested(const struct lttng_host *host);

__attribute__((format(printf, 2, 3))) void
lttng_host_note(const struct lttng_host *host, const char *format, ...);

/* Notes an error after which the caller goes on, unless its text is empty: then
 * it was reported before (see request.h). */
void lttng_host_note_trouble(const struct lttng_host *host,
			     const struct trouble *why);

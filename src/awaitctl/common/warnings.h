/* SPDX-License-Identifier: MIT */
/*
 * Warnings: why what a command shows may be less than what there was. Each has
 * a name and a check of what the command knows. The tables are in
 * src/awaitctl/ps/view_warnings.c and src/awaitctl/read/doubts.c; an
 * output format prints whatever they find.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Room for two paths. Longer texts are cut. */
enum { WARNING_SIZE = 2 * 4096 + 256 };

struct warning {
	const char *name;
	/* Returns whether there is cause for it, and then writes one line that
	 * says what is missing, and why. */
	bool (*check)(const void *model, char text[WARNING_SIZE]);
};

/* Called with each warning that there is cause for. */
typedef void warnings_found(void *data, const char *name, const char *text);

void warnings_check(const struct warning *warnings, size_t count,
		    const void *model, warnings_found *found, void *data);

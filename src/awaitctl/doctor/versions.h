/* SPDX-License-Identifier: MIT */
/*
 * Versions, and which of them are known to work: the table of
 * docs/compatibility.md for what awaitctl meets as it runs. A test compares the
 * two.
 */
#pragma once

#include "awaitctl/doctor/finding.h"

#include <stdbool.h>
#include <stddef.h>

struct version {
	unsigned part[3];
};

/* Finds the first version in a text, as "GNU gdb (Debian 13.1-3) 13.1" has; at
 * least two numbers. */
bool version_find(struct version *version, const char *text);

/* Less than, equal to or greater than 0, as a is to b; of their first parts
 * only. */
int version_compare(const struct version *a, const struct version *b,
		    size_t parts);

/*
 * Judges the version of that component, which text contains: a problem if it is
 * less than the least, a warning if its minor version is beyond the newest that
 * was tried. What it finds begins with what, and is "what VERSION" if all is
 * well.
 */
void versions_judge(struct finding *finding, const char *component,
		    const char *what, const char *text);

/* What awaitctl is, reads, was built with and runs with, in lines. */
enum { VERSIONS_SIZE = 1024 };
void versions_text(char text[VERSIONS_SIZE]);

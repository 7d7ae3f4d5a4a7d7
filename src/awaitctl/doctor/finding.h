/* SPDX-License-Identifier: MIT */
/*
 * What a check found: one line, in which a remedy follows what is wrong.
 */
#pragma once

/* In order of badness. UNKNOWN: it could not look, and says why. */
enum level { LEVEL_OK, LEVEL_UNKNOWN, LEVEL_WARNING, LEVEL_PROBLEM };

/* Room for two paths and what to do about them. */
enum { FINDING_SIZE = 2 * 4096 + 512 };

struct finding {
	enum level level;
	char text[FINDING_SIZE]; /* without a newline; cut where it is longer */
};

/* Replaces what was found. */
__attribute__((format(printf, 3, 4))) void
found(struct finding *finding, enum level level, const char *format, ...);

/* Prints it on stdout; what a terminal must not see becomes '?'. */
void finding_print(const struct finding *finding, const char *name);

/* SPDX-License-Identifier: MIT */
/*
 * Runs a command of others and keeps what it says. It has no input, a process
 * group of its own and a limit of time. Whatever it started there ends with it,
 * and it ends with awaitctl.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { TOOL_SECONDS = 20, TOOL_OUTPUT = 16384 };

enum tool_result {
	TOOL_RAN,     /* to its end: see status */
	TOOL_MISSING, /* it is not in PATH */
	TOOL_FAILED,  /* it cannot be run: see error */
	TOOL_SLOW     /* it did not end in time, and was killed */
};

struct tool {
	int status; /* what it exited with; 128 + N if signal N killed it */
	int error;  /* an errno */
	/* What it wrote to stdout and stderr; cut where it is longer. */
	char output[TOOL_OUTPUT];
};

/* environment: one more variable for it, as "NAME=value"; or NULL. */
enum tool_result tool_run(struct tool *tool, char *const argv[],
			  char *environment);

/* Why there is no answer: for a result other than TOOL_RAN. */
void tool_explain(const struct tool *tool, enum tool_result result,
		  const char *name, char *text, size_t size);

/* The first line of its output; "" if there is none. Cuts the output. */
const char *tool_first_line(struct tool *tool);

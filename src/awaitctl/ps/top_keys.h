/* SPDX-License-Identifier: MIT */
/*
 * The state of awaitctl top from one refresh to the next, and how keys change
 * it.
 */
#pragma once

#include "awaitctl/ps/ps.h"
#include "common/printable.h"

enum { INPUT_MAX = 128 };

struct top {
	struct ps_options *options;
	struct process process;
	struct trouble why;
	char name[PRINTABLE_SIZE(64)]; /* of the process, as it is shown */
	bool paused;
	bool editing; /* input, the next pattern of functions */
	char input[INPUT_MAX];
	char function[INPUT_MAX]; /* the pattern in use */
	size_t page;		  /* lines of the table */
	uint64_t rows;
	size_t looks;
};

/* Handles a key of screen.h. Returns whether it ends top. */
bool top_key(struct top *top, int key);

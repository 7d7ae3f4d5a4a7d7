/* SPDX-License-Identifier: MIT */
/*
 * What awaitctl top knows from one look to the next, and what keys make of it.
 */
#pragma once

#include "awaitctl/ps/ps.h"

enum { INPUT_MAX = 128 };

struct top {
	struct ps_options *options;
	struct process process;
	struct trouble why;
	char name[64]; /* of the process */
	bool paused;
	bool asking; /* for a function */
	char input[INPUT_MAX];
	char function[INPUT_MAX]; /* what is asked for, as it was typed */
	size_t page;		  /* lines of the table */
	uint64_t rows;
	size_t looks;
};

/* A key of screen.h was pressed. True: it was the last. */
bool top_key(struct top *top, int key);

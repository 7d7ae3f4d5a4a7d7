/* SPDX-License-Identifier: MIT */
/* Ends that nest too deeply, and are made later. put_off.c has the model. */
#pragma once

#include <await/core.h>

#include <stdbool.h>

/* Destructors that run within one another, counted from the outermost on. */
#define NESTING_MOST 32u

/* What was put off. */
struct put_off {
	struct await *aw;
	const void *addr; /* user's call, minus one */
	bool cancelled;	  /* its arguments are to be released; else its end */
};

/* Enters a function that calls destructors, whose frame is this one. Returns
 * how deeply it is nested in others of this thread: 1 is the outermost. */
uint32_t put_off_enter(const void *frame);
void put_off_leave(uint32_t depth);
/* False when memory is out: then it has to be done now. */
bool put_off_push(struct put_off what);
/* Takes what was put off last. False if there is nothing. */
bool put_off_pop(struct put_off *what);

/* SPDX-License-Identifier: MIT */
/*
 * What of the traces below a directory can be read, where babeltrace2 would
 * refuse all of it: a stream may end within a packet, or in zeros after a power
 * cut; a stream may be missing; and a trace may be there twice, as it was
 * copied. Nothing is changed: what is intact is read from another directory,
 * which has links, and copies of what is intact of the streams that are not.
 * While that is there, signals that ask to stop are held (signals.h).
 */
#pragma once

#include "common/trouble.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum { INTACT_TEXT = 1024 };

struct intact {
	char directory[PATH_MAX]; /* to read */
	bool made;		  /* it is another one: see intact_remove() */
	bool lacks;		  /* not all is read that was written */
	char text[INTACT_TEXT];	  /* what is left out or missing; or empty */
	char copies[INTACT_TEXT]; /* traces that are left out; or empty */
};

/* Looks at the traces below a directory. Returns 0, or -1 if what is intact
 * cannot be copied, or a signal asks to stop; then nothing was made, and the
 * directory itself is to be read. What cannot be read is not looked at. */
int intact_find(struct intact *intact, const char *directory,
		struct trouble *why);
void intact_remove(const struct intact *intact);

/* Where the text has the path of a directory that was made, it gets the one
 * that the user knows. */
void intact_rename(const struct intact *intact, const char *directory,
		   struct trouble *text);

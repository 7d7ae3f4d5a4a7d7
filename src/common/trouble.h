/* SPDX-License-Identifier: MIT */
/*
 * An error that travels up to whoever can print it: one line for the user that
 * says what went wrong and what to do. A function that can fail takes a `struct
 * trouble *why`, fills it as it fails and returns -1; its caller returns -1,
 * too, or prints the text. Nothing below the command line prints.
 */
#pragma once

/* Room for a path and what to do about it. */
enum { TROUBLE_SIZE = 2048 };

struct trouble {
	char text[TROUBLE_SIZE]; /* printable (printable.h); cut if longer */
};

/* Returns -1, always: `return trouble(why, "...")`. */
__attribute__((format(printf, 2, 3))) int trouble(struct trouble *why,
						  const char *format, ...);

/* SPDX-License-Identifier: MIT */
/*
 * Environment variables that hold a list of options with commas between them.
 * What is wrong with one is a line on stderr, and it is as if it were not
 * there.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct env_option {
	const char *name;
	const char *usage; /* with its value */
	/* value is what follows =, or NULL. False: that is none. */
	bool (*take)(const char *value);
};

/* Calls take() of each option in the list. True if one of them took. In a
 * set-user-id program no variable is read. */
bool env_read(const char *variable, const struct env_option *options,
	      size_t count);

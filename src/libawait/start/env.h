/* SPDX-License-Identifier: MIT */
/*
 * Parses environment variables that hold options, separated by commas. An
 * option that is wrong is reported by a line on stderr, and ignored.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct env_option {
	const char *name;
	const char *usage; /* how it is written, with its value */
	/* value is what follows =, or NULL. False if that is not valid. */
	bool (*take)(const char *value);
};

/* Calls take() of each option in the list. True if any of them returned true.
 * In a set-user-id program no variable is read. */
bool env_read(const char *variable, const struct env_option *options,
	      size_t count);

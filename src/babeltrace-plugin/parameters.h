/* SPDX-License-Identifier: MIT */
/*
 * The parameters that a user gives a component. babeltrace2 passes on whatever
 * there is: a name that the component does not know, or a value that it cannot
 * take, is an error.
 */
#pragma once

#include "common/trouble.h"

#include <babeltrace2/babeltrace.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct parameter {
	const char *name;
	const char *wants; /* "has to be ..." */
	/* Stores the value; false: it is none of those. */
	bool (*take)(void *to, const bt_value *value);
};

/* given: a map. Returns 0, or -1 and *why is the first that is wrong. */
int parameters_read(const bt_value *given, const struct parameter *known,
		    size_t count, void *to, struct trouble *why);

/* What values there are. NULL: it is no string. */
const char *parameter_text(const bt_value *value);
/* A number from 0 to most, of either sign. */
bool parameter_number(const bt_value *value, uint64_t most, uint64_t *number);
bool parameter_bool(const bt_value *value, bool *is);

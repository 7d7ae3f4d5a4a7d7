/* SPDX-License-Identifier: MIT */
/* See parameters.h. */
#include "babeltrace-plugin/parameters.h"

#include <stdio.h>
#include <string.h>

struct read {
	const struct parameter *known;
	size_t count;
	void *to;
	struct trouble *why;
	bool failed;
};

static const struct parameter *find(const struct read *read, const char *name)
{
	for (size_t i = 0; i < read->count; i++)
		if (strcmp(read->known[i].name, name) == 0)
			return &read->known[i];
	return NULL;
}

static void unknown(struct read *read, const char *name)
{
	char names[256] = "none";
	size_t length = 0;

	for (size_t i = 0; i < read->count && length < sizeof(names); i++)
		length += (size_t)snprintf(names + length,
					   sizeof(names) - length, "%s%s",
					   i ? ", " : "", read->known[i].name);
	read->failed = true;
	trouble(read->why, "there is no parameter `%s`; there are: %s", name,
		names);
}

static bt_value_map_foreach_entry_const_func_status
take(const char *name, const bt_value *value, void *data)
{
	struct read *read = data;
	const struct parameter *parameter = find(read, name);

	if (!parameter) {
		unknown(read, name);
	} else if (!parameter->take(read->to, value)) {
		read->failed = true;
		trouble(read->why, "the parameter `%s` has to be %s", name,
			parameter->wants);
	}
	return read->failed ?
		       BT_VALUE_MAP_FOREACH_ENTRY_CONST_FUNC_STATUS_INTERRUPT :
		       BT_VALUE_MAP_FOREACH_ENTRY_CONST_FUNC_STATUS_OK;
}

int parameters_read(const bt_value *given, const struct parameter *known,
		    size_t count, void *to, struct trouble *why)
{
	struct read read = { known, count, to, why, false };

	bt_value_map_foreach_entry_const(given, take, &read);
	return read.failed ? -1 : 0;
}

const char *parameter_text(const bt_value *value)
{
	return bt_value_is_string(value) ? bt_value_string_get(value) : NULL;
}

bool parameter_number(const bt_value *value, uint64_t most, uint64_t *number)
{
	if (bt_value_is_unsigned_integer(value))
		*number = bt_value_integer_unsigned_get(value);
	else if (bt_value_is_signed_integer(value) &&
		 bt_value_integer_signed_get(value) >= 0)
		*number = (uint64_t)bt_value_integer_signed_get(value);
	else
		return false;
	return *number <= most;
}

bool parameter_bool(const bt_value *value, bool *is)
{
	if (!bt_value_is_bool(value))
		return false;
	*is = bt_value_bool_get(value);
	return true;
}

/* SPDX-License-Identifier: MIT */
/* Naming an await, and asking for its name: what users call. name_table.c keeps
 * the names. */
#include "libawait/core/handle.h"
#include "libawait/core/id.h"
#include "libawait/core/name_table.h"
#include "libawait/core/sink.h"

#include <errno.h>
#include <string.h>

static void tell(struct await *aw, const char *name, const void *addr)
{
	struct await_event event = {
		.type = AWAIT_EVENT_NAME,
		.state = await_core_state(aw),
		.aw = aw,
		.addr = addr,
		.name = name,
	};

	if (sink_wants(AWAIT_EVENT_NAME))
		sink_emit(&event);
}

EXPORT int await_core_name(struct await *aw, const char *name)
{
	const void *addr = CALL_SITE();
	int rc = check_handle(aw, AWAIT_LAYOUT_ANY, "await_name", addr);
	size_t length;

	if (rc != 0)
		return rc;
	if (!name || *name == '\0')
		return -EINVAL;
	length = strnlen(name, NAME_SIZE);
	if (length > AWAIT_NAME_MAX)
		return -ENAMETOOLONG;
	rc = name_table_set(aw, slot_id(aw, serial_of(aw)), name, length);
	if (rc == 0)
		tell(aw, name, addr);
	return rc;
}

EXPORT size_t await_core_name_of(const struct await *aw, char *buffer,
				 size_t size)
{
	char name[NAME_SIZE] = "";
	size_t length = 0;

	if (await_core_valid(aw))
		length = name_table_get(aw, slot_id(aw, serial_of(aw)), name);
	if (size > 0) {
		size_t most = length < size ? length : size - 1;

		memcpy(buffer, name, most);
		buffer[most] = '\0';
	}
	return length;
}

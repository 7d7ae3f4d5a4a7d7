/* SPDX-License-Identifier: MIT */
/* See warnings.h. */
#include "awaitctl/common/warnings.h"

void warnings_check(const struct warning *warnings, size_t count,
		    const void *model, warnings_found *found, void *data)
{
	char text[WARNING_SIZE];

	for (size_t i = 0; i < count; i++)
		if (warnings[i].check(model, text))
			found(data, warnings[i].name, text);
}

/* SPDX-License-Identifier: MIT */
#include "babeltrace/version.h"

#include <babeltrace2/babeltrace.h>
#include <stdio.h>

void babeltrace_version(char text[BABELTRACE_VERSION_SIZE])
{
	snprintf(text, BABELTRACE_VERSION_SIZE, "%u.%u.%u",
		 bt_version_get_major(), bt_version_get_minor(),
		 bt_version_get_patch());
}

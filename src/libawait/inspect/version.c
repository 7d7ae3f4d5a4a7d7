/* SPDX-License-Identifier: MIT */
#include "common/export.h"

#include <await/version.h>

EXPORT uint32_t await_version(void)
{
	return AWAIT_VERSION;
}

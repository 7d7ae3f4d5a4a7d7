/* SPDX-License-Identifier: MIT */
/* Misuse that cannot be returned as an error. */
#pragma once

#include "libawait/core/compiler.h"

#include <await/core.h>

/* As core_hooks.fatal: prints a line and aborts. */
COLD void abort_misuse(const struct await *aw, const char *operation,
		       const void *addr, int rc);

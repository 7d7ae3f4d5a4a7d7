/* SPDX-License-Identifier: MIT */
/* Misuse that cannot be returned as an error: abort.c prints it and aborts. */
#pragma once

#include "libawait/core/compiler.h"

#include <await/core.h>

/* The hook core_hooks.fatal: prints a line and aborts. */
COLD void abort_misuse(const struct await *aw, const char *operation,
		       const void *addr, int rc);

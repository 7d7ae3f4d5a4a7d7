/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_DEBUG=check. check.c has the model. */
#pragma once

#include "libawait/core/compiler.h"

#include <await/core.h>

/* The hook core_hooks.handle_used: 0, or the negative errno for what is wrong
 * with a handle, after printing it. */
COLD int check_handle_used(const struct await *aw, uint32_t layout,
			   const char *operation, const void *addr);
/* The hook core_hooks.reference_used, for operations that return no error:
 * aborts. */
COLD void check_reference_used(const struct await *aw, const char *operation,
			       const void *addr);

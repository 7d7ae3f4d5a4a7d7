/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_DEBUG=check. check.c has the model. */
#pragma once

#include "libawait/core/compiler.h"

#include <await/core.h>

/* 0, or what is wrong with a handle, after saying so; as core_hooks. */
COLD int check_handle_used(const struct await *aw, uint32_t layout,
			   const char *operation, const void *addr);
/* For operations that return no error: aborts. */
COLD void check_reference_used(const struct await *aw, const char *operation,
			       const void *addr);

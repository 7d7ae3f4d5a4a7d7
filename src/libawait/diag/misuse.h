/* SPDX-License-Identifier: MIT */
/* Prints the misuse of a handle, as one line on stderr. */
#pragma once

#include <await/core.h>

/* rc is a negative errno that says what is wrong; operation is the function
 * that was called, at addr. */
void misuse_print(const struct await *aw, uint32_t layout,
		  const char *operation, const void *addr, int rc);
/* The hook core_hooks.saturated: says it of the first such await. */
void misuse_saturated(const struct await *aw, const void *addr);

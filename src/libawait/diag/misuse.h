/* SPDX-License-Identifier: MIT */
/* Prints the misuse of a handle, as one line on stderr. */
#pragma once

#include "common/line.h"

#include <await/core.h>

/* What a pointer is that was given as a handle. Only libawait's own memory is
 * read, as it may be any pointer. */
enum handle_kind { HANDLE_LIVE, HANDLE_NULL, HANDLE_FOREIGN, HANDLE_ENDED };
enum handle_kind handle_kind(const struct await *aw);
/* Shows one that is not that of a live await, with some words between it and
 * what it is. */
void line_no_handle(struct line *line, const struct await *aw,
		    enum handle_kind kind, const char *between);

/* rc is a negative errno that says what is wrong; operation is the function
 * that was called, at addr. */
void misuse_print(const struct await *aw, uint32_t layout,
		  const char *operation, const void *addr, int rc);
/* The hook core_hooks.saturated: says it of the first such await. */
void misuse_saturated(const struct await *aw, const void *addr);
/* The hook core_hooks.owner_lost. */
void misuse_owner_lost(const struct await *aw, const void *addr);

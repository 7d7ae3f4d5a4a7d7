/* SPDX-License-Identifier: MIT */
/* Keeps freed slots out of use for a while: LIBAWAIT_DEBUG=check. */
#pragma once

#include <await/core.h>

/* The hook core_hooks.slot_freed: keeps a freed slot until QUARANTINE_SLOTS
 * more have been freed. Returns the slot whose time is over, or NULL. */
struct await *quarantine_push(struct await *aw);

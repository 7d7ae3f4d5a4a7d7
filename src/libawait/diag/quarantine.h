/* SPDX-License-Identifier: MIT */
/* Slots that were freed, kept out of use for a while: LIBAWAIT_DEBUG=check. */
#pragma once

#include <await/core.h>

/* Takes a freed slot, for the time that QUARANTINE_SLOTS more are freed.
 * Returns the one whose time is over, or NULL. */
struct await *quarantine_push(struct await *aw);

/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_DEBUG=cycles. */
#pragma once

#include "libawait/core/cycle.h"

/* Prints who is in the cycle that a wait was refused for; as core_hooks. */
COLD void cycle_report(const struct wait_cycle *cycle, const void *addr);

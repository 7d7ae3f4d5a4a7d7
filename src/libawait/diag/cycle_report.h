/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_DEBUG=cycles. cycle_report.c shows what it prints. */
#pragma once

#include "libawait/core/cycle.h"

/* The hook core_hooks.cycle_refused: prints the awaits in the cycle. */
COLD void cycle_report(const struct wait_cycle *cycle, const void *addr);

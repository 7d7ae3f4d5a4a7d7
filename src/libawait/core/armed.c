/* SPDX-License-Identifier: MIT */
/* See armed.h. Written by sink.c, and by a debugger (trap.c). */
#include "libawait/core/armed.h"

AWAIT_ATOMIC(uint32_t) EXPORT await_armed;
AWAIT_ATOMIC(uint32_t) sink_armed_;

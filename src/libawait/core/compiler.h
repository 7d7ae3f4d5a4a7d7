/* SPDX-License-Identifier: MIT */
/* What is asked of the compiler: visibility, layout of code, who called. */
#pragma once

#include <stddef.h>

#include "common/export.h"

/* For variables that only the library uses: not by way of the GOT. */
#define HIDDEN __attribute__((visibility("hidden")))
#define COLD __attribute__((noinline, cold))
#define NOINLINE __attribute__((noinline))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Reads what may change meanwhile, on purpose: the thread sanitizer looks away.
 */
#ifdef __SANITIZE_THREAD__
#define UNCHECKED __attribute__((noinline, no_sanitize_thread))
#else
#define UNCHECKED
#endif

/* The call a library function returns to lies before its return address. */
#define CALL_SITE() ((const char *)__builtin_return_address(0) - 1)
/* For await_event.frame. Valid only in a function reached from the exported one
 * by a tail call; not valid where emitting the event is the function's own last
 * statement, which may become a tail call too. */
#define OUTER_FRAME() __builtin_frame_address(0)

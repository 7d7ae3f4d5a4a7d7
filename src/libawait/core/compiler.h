/* SPDX-License-Identifier: MIT */
/* What is asked of the compiler: visibility, layout of code, who called. */
#pragma once

#include <stddef.h>

#define EXPORT __attribute__((visibility("default")))
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
/* As await_event.frame, in a function that the one the user called has ended in
 * by a jump, so that its frame is where that one's was. Not where it is the
 * last that a function does itself to tell of the event: that may be a jump,
 * too. */
#define OUTER_FRAME() __builtin_frame_address(0)

/* SPDX-License-Identifier: MIT */
/* Attributes and builtins of the compiler: visibility, code layout, and the
 * addresses and frames of callers. */
#pragma once

#include <stddef.h>

#include "common/export.h"

/* For variables that only the library uses: they are not accessed through the
 * GOT. */
#define HIDDEN __attribute__((visibility("hidden")))
#define COLD __attribute__((noinline, cold))
#define NOINLINE __attribute__((noinline))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* For functions that read, on purpose, memory that other threads may be
 * changing: the thread sanitizer does not check them. */
#ifdef __SANITIZE_THREAD__
#define UNCHECKED __attribute__((noinline, no_sanitize_thread))
#else
#define UNCHECKED
#endif

/* The stack pointer, for reading: where the stack of this function ends. */
#if defined(__x86_64__)
__extension__ register const char *stack_pointer __asm__("rsp");
#elif defined(__i386__)
__extension__ register const char *stack_pointer __asm__("esp");
#elif defined(__s390x__)
__extension__ register const char *stack_pointer __asm__("r15");
#else /* arm, aarch64, riscv */
__extension__ register const char *stack_pointer __asm__("sp");
#endif

/* How far above the stack pointer of a function that calls another unwinders
 * place that call (the CFA): there, s390x has a save area of the callee's. */
#ifdef __s390x__
#define CFA_ABOVE_SP 160
#else
#define CFA_ABOVE_SP 0
#endif

/* An address inside the user's call instruction, which ends just before the
 * return address. */
#define CALL_SITE() ((const char *)__builtin_return_address(0) - 1)
/* For await_event.frame. Valid only in a function reached from the exported one
 * by a tail call; not valid where emitting the event is the function's own last
 * statement, which may become a tail call too. */
#define OUTER_FRAME() __builtin_frame_address(0)

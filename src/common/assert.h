/* SPDX-License-Identifier: MIT */
/*
 * Invariants and preconditions as code. In debug and sanitizer builds, which
 * Meson gives -DAWAIT_ASSERTS, one that does not hold is a line on stderr and
 * an abort; elsewhere the condition is compiled but never evaluated, so it may
 * cost what it likes and must have no side effect.
 *
 * An assertion is for what only a mistake in this library can break. What a
 * caller, a file or another process can get wrong is an error, not an
 * assertion.
 */
#pragma once

#ifdef AWAIT_ASSERTS

#include <stdio.h>
#include <stdlib.h>

__attribute__((cold, noreturn)) static inline void
assert_failed(const char *condition, const char *file, int line)
{
	dprintf(2, "await: %s:%d: assertion failed: %s\n", file, line,
		condition);
	abort();
}

#define ASSERT(condition)                                                      \
	((condition) ? (void)0 : assert_failed(#condition, __FILE__, __LINE__))

#else

#define ASSERT(condition) ((void)(0 && (condition)))

#endif

/* Asserts that a pthread_mutex_t is held, by this thread or another. */
#define ASSERT_MUTEX_HELD(mutex) ASSERT(pthread_mutex_trylock(mutex) == EBUSY)

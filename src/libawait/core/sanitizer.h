/* SPDX-License-Identifier: MIT */
/*
 * What the library tells the sanitizers that a program is compiled with, if it
 * is with any: their runtimes define the functions that are declared here, and
 * nothing else does.
 *
 * What the thread sanitizer has to know of waits is said by the program's own
 * part, include/await/tsan.h; here is what only the library knows. Where the
 * library is compiled with that sanitizer, too, it sees the truth and is told
 * nothing.
 */
#pragma once

#include "libawait/core/compiler.h"

#include <stdbool.h>
#include <stddef.h>

void __lsan_register_root_region(const void *begin, size_t size)
	__attribute__((weak));
void __asan_poison_memory_region(const volatile void *begin, size_t size)
	__attribute__((weak));
void __asan_unpoison_memory_region(const volatile void *begin, size_t size)
	__attribute__((weak));
void __tsan_acquire(void *token) __attribute__((weak));
void __tsan_release(void *token) __attribute__((weak));

/* What mapped memory points to is no leak. */
static inline void sanitizer_add_root(const void *begin, size_t size)
{
	if (__lsan_register_root_region)
		__lsan_register_root_region(begin, size);
}

/* Nobody may use this memory until it is allowed again. */
static inline void sanitizer_forbid(const void *begin, size_t size)
{
	if (__asan_poison_memory_region)
		__asan_poison_memory_region(begin, size);
}

static inline void sanitizer_allow(const void *begin, size_t size)
{
	if (__asan_unpoison_memory_region)
		__asan_unpoison_memory_region(begin, size);
}

/* What this thread did comes before what is done behind an acquire of the same
 * token, which is an address. */
static inline void sanitizer_release(const void *token)
{
#ifdef AWAIT_TSAN_SEES_LIBRARY
	(void)token;
#else
	if (__tsan_release)
		__tsan_release((void *)token);
#endif
}

/* Whether the thread sanitizer orders what is done before write() and after
 * read(), if the C library's own functions are called. */
static inline bool sanitizer_sees_writes(void)
{
	return UNLIKELY(__tsan_release != NULL);
}

static inline void sanitizer_acquire(const void *token)
{
#ifdef AWAIT_TSAN_SEES_LIBRARY
	(void)token;
#else
	if (__tsan_acquire)
		__tsan_acquire((void *)token);
#endif
}

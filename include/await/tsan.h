/* SPDX-License-Identifier: MIT */
/*
 * <await/tsan.h>: what <await/await.h> tells the thread sanitizer inside. Not
 * for users: nothing here is a promise.
 *
 * A program that is compiled with -fsanitize=thread runs with a libawait that
 * is not: the sanitizer sees what the program does with arguments and values,
 * but not how the library orders it. So the inline code says that, for each
 * await by the address of its head, whose state word every hit reads with
 * acquire:
 *
 *     released   after its function, before a promise is settled and before a
 *                reference is dropped: what this thread did comes first
 *     acquired   before its function and its destructor, after a wait, and as
 *                its slot is taken for another await
 *
 * Where there is no such sanitizer nothing of this is compiled. Nor is it where
 * the library is compiled with the sanitizer as well, which then sees the
 * truth: AWAIT_TSAN_SEES_LIBRARY says so.
 */
#pragma once

#include <await/core.h>

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define AWAIT_TSAN_
#endif
#endif
#ifdef __SANITIZE_THREAD__
#undef AWAIT_TSAN_
#define AWAIT_TSAN_
#endif
#ifdef AWAIT_TSAN_SEES_LIBRARY
#undef AWAIT_TSAN_
#endif

#ifdef AWAIT_TSAN_

#ifdef __cplusplus
extern "C" {
#endif
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#ifdef __cplusplus
}
#endif

#define AWAIT_TSAN_ACQUIRE_(aw) __tsan_acquire(aw)
#define AWAIT_TSAN_RELEASE_(aw) __tsan_release(aw)

/* These take part in expressions, and aw may be NULL. */
static inline struct await *await_tsan_released_(struct await *aw)
{
	if (aw)
		__tsan_release(aw);
	return aw;
}

static inline struct await *await_tsan_taken_(struct await *aw)
{
	if (aw)
		__tsan_acquire(aw);
	return aw;
}

static inline int await_tsan_waited_(int rc, struct await *aw)
{
	await_tsan_taken_(aw);
	return rc;
}

static inline int await_tsan_waited_all_(int rc, struct await *const *awaits,
					 size_t count)
{
	for (size_t i = 0; awaits && i < count; i++)
		await_tsan_taken_(awaits[i]);
	return rc;
}

#define AWAIT_TSAN_RELEASED_(aw) await_tsan_released_(aw)
#define AWAIT_TSAN_TAKEN_(aw) await_tsan_taken_(aw)
#define AWAIT_TSAN_WAITED_(rc, aw) await_tsan_waited_(rc, aw)
#define AWAIT_TSAN_WAITED_ALL_(rc, awaits, count)                              \
	await_tsan_waited_all_(rc, awaits, count)

#else

#define AWAIT_TSAN_ACQUIRE_(aw) ((void)0)
#define AWAIT_TSAN_RELEASE_(aw) ((void)0)
#define AWAIT_TSAN_RELEASED_(aw) (aw)
#define AWAIT_TSAN_TAKEN_(aw) (aw)
#define AWAIT_TSAN_WAITED_(rc, aw) (rc)
#define AWAIT_TSAN_WAITED_ALL_(rc, awaits, count) (rc)

#endif

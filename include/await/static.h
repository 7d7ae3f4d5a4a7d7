/* SPDX-License-Identifier: MIT */
/*
 * <await/static.h>: awaits that the whole program shares, made where they are
 * first used; part of <await/await.h>.
 *
 *     static int load_table(struct table *out, const char *path);
 *     AWAITABLE(table, load_table, (const char *, path));
 *     AWAIT_STATIC(table, load_table, "/etc/services");
 *
 *     int ports = AWAIT_FIELD(table(), ports);
 *
 * instead of a variable and `if (!table) table = ...`, or pthread_once(). No
 * constructor runs, and a later use is one load more than any cached hit.
 */
#pragma once

#include <await/calls.h>
#include <await/core.h>
#include <await/language.h>
#include <await/lists.h>

/*
 * AWAIT_STATIC(name, fn, arguments...) defines `static await_T *name(void)`,
 * which is the one await of fn with these arguments; fn was given to one of the
 * AWAITABLE macros. Put it at file scope, in C++ also in a namespace.
 *
 * The first call makes the await, of any thread, and evaluates the arguments;
 * where several threads are first at once, each may evaluate them, but all get
 * one await, whose function runs once. fn may use name(): waiting for it there
 * is -EDEADLK, as ever. NULL: memory was out, and the next call tries again;
 * waits for NULL are -EINVAL.
 *
 * The handle is borrowed: nobody drops it, and it stays until
 * await_static_reset() or the end of the process. No report calls it a leak. In
 * a library that dlclose() unloads, its destructor resets what it has.
 *
 * Each source file, and each namespace, may have one of a name. In a header
 * each file that includes it gets its own: for one that files share, write a
 * function that returns name() in one of them.
 */
#define AWAIT_STATIC(...) AWAIT_STATIC_(__VA_ARGS__)

/*
 * await_static_reset(name) drops the await, so that the next call of name()
 * makes another: for tests, reloads, and the child of a fork() in which nobody
 * runs it any more. Nothing happens where there is none.
 *
 * As with any borrowed handle, no thread may be using what name() returned
 * before. Who may be, while others reset, uses a reference of its own:
 *
 *     await_table *mine = await_static_ref(table);
 *     ...
 *     await_unref(mine);
 *
 * await_static_ref(name) is name() and one more reference to it, taken together
 * against any reset: then the await ends as the last of them is dropped.
 */
#define await_static_reset(name)                                               \
	__extension__({                                                        \
		await_core_unref(AWAIT_RELEASED_(                              \
			await_core_static_take(&name##_await_static)));        \
		AWAIT_NO_TAIL_CALL_();                                         \
	})
#define await_static_ref(name) name##_await_ref()

/* --- not for users: nothing below is a promise --- */

#ifdef __cplusplus
extern "C" {
#endif

/* The site of all awaits that are made for one AWAIT_STATIC, and which of them
 * it holds a reference to. Readers find that by site.held_at: where it is, from
 * the start of the site. */
struct await_static {
	struct await_site await_site_;
	__extension__ AWAIT_ATOMIC(struct await *) await_held_;
};

/* Hands over aw's only reference, just after its creation was told. Returns aw,
 * or what another thread has made meanwhile; aw is dropped then. */
struct await *await_core_static_hold(struct await_static *in, struct await *aw);
/* Takes the reference away, or another one of the same await. NULL if there is
 * none. */
struct await *await_core_static_take(struct await_static *in);
struct await *await_core_static_ref(struct await_static *in);

#ifdef __cplusplus
}
#define AWAIT_HELD_NONE_                                                       \
	{                                                                      \
		nullptr                                                        \
	}
#else
#define AWAIT_HELD_NONE_ NULL
#endif

enum { AWAIT_HELD_AT_ = offsetof(struct await_static, await_held_) };

/*
 * Acquire: the await is seen as it was made; partner: the release in
 * await_core_static_hold(). Free on x86.
 */
static inline struct await *await_static_held_(struct await_static *in)
{
#ifdef __cplusplus
	return in->await_held_.load(AWAIT_ORDER_(acquire));
#else
	return atomic_load_explicit(&in->await_held_, AWAIT_ORDER_(acquire));
#endif
}

static inline const struct await_site *
await_static_site_(const struct await_static *in)
{
	return &in->await_site_;
}

#define AWAIT_STATIC_(...)                                                     \
	AWAIT_CAT_(AWAIT_STATIC, AWAIT_STATIC_COUNT_(__VA_ARGS__))             \
	(__VA_ARGS__)
/* 0 for a name alone, 1 for a name and a function, 2 for more. */
#define AWAIT_STATIC_COUNT_(...)                                               \
	AWAIT_41ST_(__VA_ARGS__, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,  \
		    2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,   \
		    2, 2, 2, 2, 1, 0, ~)
#define AWAIT_STATIC0(name)                                                    \
	AWAIT_ASSERT_(0, "AWAIT_STATIC: " #name " has no function")
#define AWAIT_STATIC1(name, fn)                                                \
	AWAIT_STATIC_DEFINE_(name, fn,                                         \
			     AWAIT_CODE_OF_(fn, new)(await_static_site_(       \
				     &name##_await_static)))
#define AWAIT_STATIC2(name, fn, ...)                                           \
	AWAIT_STATIC_DEFINE_(name, fn,                                         \
			     AWAIT_CODE_OF_(fn, new)(                          \
				     await_static_site_(&name##_await_static), \
				     __VA_ARGS__))

#define AWAIT_STATIC_DEFINE_(name, fn, new_await)                              \
	static struct await_static name##_await_static = {                     \
		{ &fn##_await_func, __FILE__, #name, __LINE__,                 \
		  AWAIT_HELD_AT_ },                                            \
		AWAIT_HELD_NONE_                                               \
	};                                                                     \
	__attribute__((                                                        \
		__noinline__, __cold__,                                        \
		__unused__)) static struct await *name##_await_make(void)      \
	{                                                                      \
		AWAIT_BIND_                                                    \
		fn##_await_of *await_aw_ = new_await;                          \
		AWAIT_BOUND_                                                   \
		if (await_core_armed() && await_aw_)                           \
			await_aw_ =                                            \
				AWAIT_TELL_CREATED_(fn##_await_of, await_aw_); \
		if (!await_aw_)                                                \
			return AWAIT_NULL_;                                    \
		return await_core_static_hold(&name##_await_static,            \
					      AWAIT_HEAD_(await_aw_));         \
	}                                                                      \
	AWAIT_UNUSED_ static inline fn##_await_of *name(void)                  \
	{                                                                      \
		struct await *await_aw_ =                                      \
			await_static_held_(&name##_await_static);              \
		if (__builtin_expect(!await_aw_, 0))                           \
			await_aw_ = name##_await_make();                       \
		return AWAIT_POINTER_(fn##_await_of, await_aw_);               \
	}                                                                      \
	AWAIT_NODISCARD_ AWAIT_UNUSED_ static inline fn##_await_of             \
		*name##_await_ref(void)                                        \
	{                                                                      \
		struct await *await_aw_;                                       \
		do                                                             \
			await_aw_ =                                            \
				await_core_static_ref(&name##_await_static);   \
		while (!await_aw_ && name());                                  \
		return AWAIT_POINTER_(fn##_await_of, await_aw_);               \
	}                                                                      \
	AWAIT_END_

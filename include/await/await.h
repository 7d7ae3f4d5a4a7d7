/* SPDX-License-Identifier: MIT */
/*
 * <await/await.h>: values that do not exist yet.
 *
 * An await of type W remembers a function and its arguments. The first wait
 * runs the function on the waiting thread; the result is kept and every later
 * wait, of any thread, gets it at the cost of a compare (a cached hit).
 *
 *     #include <await/await.h>
 *
 *     struct page { int lines; };
 *     static int fetch(struct page *out, const char *path, int depth);
 *
 *     AWAIT_TYPE(page, struct page);
 *     AWAITABLE(page, fetch, (const char *, path), (int, depth));
 *
 *     int main(void)
 *     {
 *             await_page *aw = awaitable(fetch, "/etc/hosts", 0);
 *             struct page page;
 *             int rc = await_wait(aw, &page);       // runs fetch here
 *             int lines = AWAIT_FIELD(aw, lines);   // a cached hit
 *
 *             await_unref(aw);
 *             return rc ? 1 : lines;
 *     }
 *
 * Build with `pkg-config --cflags --libs await`.
 *
 * What all of it has in common:
 *  - A handle (await_page *) is a counted reference. What creates one returns
 *    it with one reference; await_ref() and await_unref() count. Handles may
 *    be kept anywhere and used by any thread that holds a reference.
 *  - 0 or a negative errno is returned; an out parameter is written on success
 *    only.
 *  - Misuse that can be seen is an error of its own, of every call that
 *    returns one: -EINVAL for NULL, -ESTALE for a handle whose await has ended
 *    (while its slot is not in use again), -EPROTOTYPE for one that was cast
 *    to a type of another size or kind, -EFAULT for what is no await (only with
 *    LIBAWAIT_DEBUG=check). See docs/api.md, Mistakes.
 *  - Only waits (await_wait() and its kin, await_get(), await_borrow() and
 *    AWAIT_FIELD()) run the function or block. In a signal handler await_peek()
 * reads a value that is there, and await_state() and those beside it look;
 * nothing else may be called there.
 *  - Each argument is evaluated once; aw may be NULL where that is said.
 *  - C99 or later with GNU extensions, of gcc or clang, or C++11 or later. A
 *    name of ours begins with await_ or AWAIT_, but for the members head and
 *    value of an await. Arguments and values of a wrong type are errors here;
 *    elsewhere the compiler judges: see docs/api.md, What the compiler refuses.
 */
#pragma once

#include <await/core.h>
#include <await/macros.h>
#include <await/notify.h>
#include <await/static.h>
#include <await/version.h>

#include <errno.h>

/*
 * AWAIT_TYPE(name, W) declares the type await_name: an await of a W. Any type
 * that can be assigned will do: scalars, pointers, structs; in C++ any that is
 * trivially copyable. Put it where W is declared, once in each source file that
 * uses it: at file scope, in a namespace, or in a block.
 *
 * AWAIT_TYPE(name, W, destroy) also names `void destroy(W *value)`, called
 * once when an await that has a value ends. Not in a block of C. For values
 * that are awaits themselves that is await_drop: AWAIT_TYPE(later, await_int *,
 * await_drop).
 *
 *     AWAIT_TYPE(int, int);
 *     AWAIT_TYPE(page, struct page, page_clear);
 *
 * A header for others gives the awaits of what is not its own names of its own,
 * AWAIT_TYPE(shop_int, int), which await_cast() turns into any other await of
 * an int. Or all that expose one of that name have the same guard around it:
 *
 *     #ifndef AWAIT_HAS_int
 *     #define AWAIT_HAS_int
 *     AWAIT_TYPE(int, int);
 *     #endif
 */
#define AWAIT_TYPE(name, ...)                                                  \
	AWAIT_TYPE_DEFINE_(await_##name, #name, __VA_ARGS__)

/*
 * AWAITABLE(type, fn, (T, name)...) makes awaits of `int fn(W *out, T...)`,
 * which returns 0 and writes *out, or fails with a negative errno (any other
 * number but 0 is a failure too and is passed on as it is). type is a name
 * given to AWAIT_TYPE. Up to eight arguments; each is copied as C copies it,
 * so what a pointer points to is shared and must outlive the await's run. Put
 * it where fn is declared: at file scope, in C++ also in a namespace or block.
 *
 * AWAITABLE_VALUE(type, fn, (T, name)...) does the same for `W fn(T...)`,
 * which returns its value and cannot fail: any function, also a library's.
 *
 * (T, name, release) gives the argument to the await, which calls
 * release(argument) once: after the function succeeded, or when an await that
 * never resolved ends. (T, name, release, retain) stores retain(argument)
 * instead of the argument. So (const char *, path, free, strdup) copies a
 * string (what is released is a char *), (struct obj *, obj, obj_unref,
 * obj_ref) shares an object, (await_int *, aw, await_unref, await_ref) an
 * await. Name a type like int (*)(void) by a typedef.
 *
 * After a failure the arguments are kept and the next wait runs fn again. That
 * fn does not return is a failure, too, -EOWNERDEAD; an exception goes on to
 * the caller of the wait.
 */
#define AWAITABLE(type, ...)                                                   \
	AWAIT_FUNC_DEFINE_(AWAIT_STATUS_, 0u, await_##type, __VA_ARGS__)
#define AWAITABLE_VALUE(type, ...)                                             \
	AWAIT_FUNC_DEFINE_(AWAIT_VALUE_, 0u, await_##type, __VA_ARGS__)

/*
 * AWAITABLE_STICKY(type, fn, (T, name)...) is AWAITABLE for functions whose
 * failure is final: later waits return the same error and run nothing.
 */
#define AWAITABLE_STICKY(type, ...)                                            \
	AWAIT_FUNC_DEFINE_(AWAIT_STATUS_, AWAIT_STICKY, await_##type,          \
			   __VA_ARGS__)

/*
 * AWAITABLE_ACTION(fn, (T, name)...) makes awaits of functions without a value:
 * `int fn(T...)`, which returns 0 or fails as above, or `void fn(T...)`. Their
 * type is await_action; await_wait(aw, NULL) says whether it was done.
 * AWAIT_DONE is its only value, for await_resolve() and await_nowait().
 */
#define AWAITABLE_ACTION(...)                                                  \
	AWAIT_FUNC_DEFINE_(AWAIT_ACTION_, 0u, await_action, __VA_ARGS__)
AWAIT_TYPE_BODY_(await_action, "action", struct await_done, "void", 0,
		 AWAIT_NULL_);
#define AWAIT_DONE AWAIT_DONE_

/*
 * AWAITABLE_PART(type, fn, whole, field): awaitable(fn, aw) is an await of the
 * one field of what aw, an await_whole, will be. Waiting for it waits for aw,
 * which runs once however many parts are waited for, and fails as aw fails. A
 * part keeps a reference to aw until it has its value.
 *
 *     AWAITABLE_PART(int, page_lines, page, lines);
 *     await_int *lines = awaitable(page_lines, aw);
 */
#define AWAITABLE_PART(type, fn, whole, field)                                 \
	AWAIT_PART_DEFINE_(await_##type, fn, await_##whole, field)

/*
 * AWAITABLE_PART_AT(type, fn, whole, field): awaitable(fn, aw, i) is the same
 * of field[i], where field is an array. With an i beyond it waits fail with
 * -ERANGE, and aw is not waited for.
 */
#define AWAITABLE_PART_AT(type, fn, whole, field)                              \
	AWAIT_PART_AT_DEFINE_(await_##type, fn, await_##whole, field)

/*
 * awaitable(fn, arguments...) makes an await that will call fn with them. Runs
 * nothing but retain hooks. NULL when memory is out: then nothing was taken
 * over, and arguments to be released are still the caller's. Compilers warn
 * where the await is thrown away; so they do of await_wait() with an out.
 */
#define awaitable(...) AWAIT_CREATE_(__VA_ARGS__)

/*
 * await_nowait(type, value) makes an await that has its value already. NULL
 * when memory is out.
 */
#define await_nowait(type, ...) AWAIT_NOWAIT_(await_##type, __VA_ARGS__)

/*
 * await_wait(aw, out) waits and copies the value to *out (out may be NULL).
 * The first wait runs the function, on this thread and its stack; a wait that
 * finds it running on another thread blocks; all later ones are cached hits.
 * Exactly one thread runs it. What that thread wrote before is visible here.
 *
 *   0           *out holds the value
 *   -EINVAL     aw is NULL
 *   -EDEADLK    the function that runs now is waiting, directly or through
 *               other awaits and threads, for this one: a cycle. Nothing
 *               else happened; the waits in the cycle go on.
 *   -ECANCELED  it was cancelled, or the last reference was dropped while it
 *               ran
 *   -EAGAIN     more than 65,535 threads use awaits, or this thread is new to
 *               them and memory is out
 *   -ECHILD     this is a forked child, and the thread that was running it
 *               stayed in the parent
 *   -EOWNERDEAD fn did not return to the thread that ran it, but left by an
 *               exception, longjmp(), pthread_exit() or cancellation: a
 *               failure like any other
 *   other       what fn returned; the next wait runs fn again
 */
#define await_wait(aw, out) AWAIT_WAIT_(aw, out)

/*
 * await_wait_until(aw, out, deadline) does not block beyond deadline, a const
 * struct timespec * in CLOCK_MONOTONIC's time. It bounds waiting for others (a
 * thread that runs the function, or a promise), not a run of its own.
 *
 *   -ETIMEDOUT  not settled by then; wait again as you like
 *   -EINVAL     aw is NULL, or the deadline's tv_nsec is out of range
 */
#define await_wait_until(aw, out, ...) AWAIT_WAIT_UNTIL_(aw, out, __VA_ARGS__)

/*
 * await_wait_all(awaits, count, errors, first) waits for count handles of one
 * type, one after the other, also after one has failed. errors (int *) gets
 * each wait's return, first (size_t *) the index of the first failure, or
 * count; both may be NULL. Is 0, or the first failure's error.
 */
#define await_wait_all(awaits, count, errors, first)                           \
	AWAIT_WAIT_ALL_(awaits, count, errors, first)

/*
 * await_get(aw) waits and is the value. Where await_wait() would return an
 * error it prints that, where the await was made and where it was waited for,
 * and aborts: for awaits that cannot fail.
 */
#define await_get(aw) AWAIT_GET_(aw)

/*
 * await_borrow(aw) waits as await_get() does and is a pointer to the kept
 * value, a const W *: valid as long as the caller's reference. Nothing is
 * copied.
 *
 * AWAIT_FIELD(aw, field) is await_borrow(aw)->field: one field, where it is
 * kept. So an array is a pointer that outlives the statement.
 */
#define await_borrow(aw) AWAIT_BORROW_(aw)
#define AWAIT_FIELD(aw, field) (await_borrow(aw)->field)

/*
 * await_peek(aw, out) copies the value if it is there and never runs or
 * blocks: 0, -EINVAL (aw is NULL) or -EAGAIN.
 */
#define await_peek(aw, out) AWAIT_PEEK_(aw, out)

/*
 * await_promise(type) makes an await that no function will resolve but
 * somebody's call, once, from any thread. Waits block until then.
 *
 *   await_resolve(aw, value)  gives it its value
 *   await_reject(aw, error)   lets it fail for good; error is negative
 *
 * Both are 0, or
 *   -EALREADY  it was resolved, rejected or cancelled: that stays, and value
 *              is still the caller's
 *   -EINVAL    aw is NULL or no promise, or error is not negative
 */
#define await_promise(type) AWAIT_PROMISE_(await_##type, promise)
#define await_resolve(aw, ...) AWAIT_RESOLVE_(aw, __VA_ARGS__)
#define await_reject(aw, error) AWAIT_REJECT_(aw, error)

/*
 * await_promise_owner(type) makes a promise, too, and is a handle for the one
 * who will settle it, an await_type_owner *: so that a promise which is
 * forgotten is an error, and nobody waits for ever. NULL when memory is out.
 *
 *   await_promise_of(owner)             one more reference, an await_type *,
 *                                       for who waits
 *   await_owner_resolve(owner, value)   as await_resolve()
 *   await_owner_reject(owner, error)    as await_reject()
 *   await_owner_drop(owner)             ends the ownership, once: a promise
 *                                       that is not settled by then fails for
 *                                       good, with -EPIPE
 *
 * An owner is one reference; await_owner_drop(), and nothing else, gives it
 * back, also after the promise was settled. To drop it twice is a double
 * await_unref(). To cast it, and give it back by await_unref(), rejects nothing
 * (LIBAWAIT_DEBUG=check says so as the promise ends). Traces show the rejection
 * with the place of the drop, which ignores NULL, and is 0, or
 *   -EAGAIN    as await_wait()
 *   -EINVAL    it is no owner, but another handle that was cast
 * and then nothing has happened: the owner is still the caller's. In a forked
 * child an owner is that of the child's own copy.
 */
#define await_promise_owner(type)                                              \
	AWAIT_POINTER_(await_##type##_owner,                                   \
		       AWAIT_PROMISE_(await_##type, promise_owner))
#define await_promise_of(owner) AWAIT_REF_(AWAIT_PROMISE_OF_(owner))
#define await_owner_resolve(owner, ...)                                        \
	AWAIT_RESOLVE_(AWAIT_PROMISE_OF_(owner), __VA_ARGS__)
#define await_owner_reject(owner, error)                                       \
	AWAIT_REJECT_(AWAIT_PROMISE_OF_(owner), error)
#define await_owner_drop(owner) AWAIT_OWNER_DROP_(owner)

/*
 * await_cancel(aw) cancels what has not begun: the arguments' destructors run
 * here, and every wait, also those that block already, returns -ECANCELED.
 * 0, or -EBUSY: it is running, and its function finds by await_stop_asked()
 * that it was asked to stop; -EALREADY: it was settled; -EINVAL: NULL.
 */
#define await_cancel(aw) AWAIT_CANCEL_(aw)

/*
 * await_cast(type, aw) is aw as an await_type *, where both values have the
 * same size, alignment and kind; otherwise it does not compile.
 */
#define await_cast(type, aw) AWAIT_CAST_(await_##type, aw)

/*
 * await_ref(aw) counts one more reference and is aw; await_unref(aw) gives one
 * back. With the last one the await ends, and the destructors of its value, or
 * of its arguments if it has none, run on this thread. Both ignore NULL, and
 * abort, with a line that says so, when the await has ended already.
 */
#define await_ref(aw) AWAIT_REF_(aw)
#define await_unref(aw) AWAIT_UNREF_(aw)

/*
 * await_drop(where) drops what *where points to, an await or NULL, and makes
 * it NULL.
 */
#define await_drop(where) AWAIT_DROP_(where)

/*
 * Looking never runs and never blocks; aw is not NULL.
 *   await_state(aw)     enum await_state
 *   await_id(aw)        a number no other await of this process has or had
 *   await_error(aw)     what the last run that failed returned, or 0
 *   await_attempts(aw)  how often the function was called (255: or more)
 *   await_origin(aw)    enum await_origin
 * <await/inspect.h> shows all of that in a line, of one await or of each.
 * <await/notify.h>, which is included here, has more ways to wait: being told
 * of an outcome, waiting for any of several, starting at once.
 */
#define await_state(aw) await_core_state(&(aw)->head)
#define await_id(aw) await_core_id(&(aw)->head)
#define await_error(aw) await_core_error(&(aw)->head)
#define await_attempts(aw) await_core_attempts(&(aw)->head)
#define await_origin(aw) await_core_origin(&(aw)->head)

/* SPDX-License-Identifier: MIT */
/*
 * <await/notify.h>: other ways to awaits than one wait for one await. To be
 * told of an outcome where a program waits for many things, with poll() or in
 * the loop of a framework; to wait for any of several; to begin at once and
 * wait later; to ask a function that is running to stop. <await/await.h>
 * includes it.
 *
 * None of it costs anything where it is not used: an await has no byte for it.
 *
 * Errors, beside those listed: -EINVAL where aw is NULL, and -ESTALE and
 * -EFAULT as of await_wait(). Where an error is returned nothing has happened.
 */
#pragma once

#include <await/core.h>
#include <await/macros.h>

#ifndef __cplusplus
#include <stdbool.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * await_notify(aw, eventfd) writes 1 to an eventfd(2), once, after the next
 * outcome of aw can be seen: it has its value, its function has failed, or it
 * was cancelled. If it has an outcome, at once. If the last reference is
 * dropped before it has one, that is told, too. Then peek, wait, or look: which
 * outcome it is the eventfd does not say.
 *
 * It makes nobody run aw: an await for which nobody waits stays pending.
 * await_start() begins it. Several awaits may share an eventfd, and an await
 * may have several. It must stay open until it is told, or await_unnotify() has
 * returned.
 *
 * In a forked child nobody is told of what was asked for in the parent.
 *
 *   0
 *   -EALREADY  it will be written to for aw already
 *   -EBADF     eventfd is not open
 *   -EINVAL    aw is NULL, or eventfd is something else
 *   -ENOMEM    memory is out
 */
#define await_notify(aw, eventfd) AWAIT_CALL_(await_core_notify, aw, (eventfd))

/*
 * await_notify_call(aw, told, data) calls told(data, outcome) instead. outcome
 * is 0 if aw has its value, the error of its failure, or -ECANCELED if it was
 * cancelled or ended without one. It is called on the thread that settles aw,
 * before that thread's own call returns, or here if there is an outcome; no
 * lock is held, and it may do with awaits what functions may, but for leaving
 * by longjmp() or an exception.
 *
 * Errors as above; -EINVAL also if told is NULL.
 */
typedef void (*await_told)(void *data, int outcome);
#define await_notify_call(aw, told, data)                                      \
	AWAIT_CALL_(await_core_notify_call, aw, (told), (data))

/*
 * await_unnotify(aw, eventfd) and await_unnotify_call(aw, told, data) take that
 * back: it will not be told.
 *
 *   -ENOENT  it was told already, or is just being told, or was never asked for
 */
#define await_unnotify(aw, eventfd)                                            \
	AWAIT_CALL_(await_core_unnotify, aw, (eventfd))
#define await_unnotify_call(aw, told, data)                                    \
	AWAIT_CALL_(await_core_unnotify_call, aw, (told), (data))

/*
 * await_wait_any(awaits, count, deadline, index) waits for one of count handles
 * of one type. The first that has an outcome will do: the lowest index if there
 * are several. If none has one, it runs the first that nobody runs, here. If
 * all are under way, it blocks until one has an outcome, or until deadline, a
 * const struct timespec * as of await_wait_until(); NULL is never.
 *
 * Is what a wait for that await returns. index (size_t *, may be NULL) gets its
 * index; count where it says so, and for each error of this wait itself. No
 * value is copied: peek at it, or wait, which does not block.
 *
 *   -EINVAL     count is 0, one of them is NULL, or deadline is no time (count)
 *   -ETIMEDOUT  none has an outcome yet (count)
 *   -EDEADLK    all of them wait, directly or through other threads, for this
 *               wait (count)
 *   -ENOMEM     memory is out (count)
 */
#define await_wait_any(awaits, count, deadline, index)                         \
	AWAIT_WAIT_ANY_(awaits, count, deadline, index)

/*
 * await_deadline(ms) is the time that is so many milliseconds from now, of
 * CLOCK_MONOTONIC, as await_wait_until() takes it; now if ms is not positive.
 *
 * await_wait_within(aw, out, ms) is await_wait_until() that time.
 */
struct timespec await_deadline(int64_t milliseconds);
#define await_wait_within(aw, out, ms) AWAIT_WAIT_WITHIN_(aw, out, ms)

/*
 * await_stop_asked() is whether await_cancel() was called for the await whose
 * function this thread is in (the innermost one) since this run of it began.
 * That await_cancel() has returned -EBUSY, as the function was running. A
 * function that takes long may look now and then, and return early: -ECANCELED,
 * say, or a value. What it returns is its outcome as ever. False outside of
 * functions of awaits.
 */
bool await_stop_asked(void);

/*
 * await_start(aw, submit, pool) lets aw begin before anybody waits for it: it
 * calls submit(pool, job, argument), which is to see to it that some thread
 * calls job(argument), once and soon. submit may call it itself. A wait that
 * comes first runs aw as ever; then job does nothing. Until job was called the
 * library keeps a reference: what has begun is finished, even if all others
 * are dropped. A pool that ends calls what it has accepted.
 *
 * With NULL for submit and pool a new thread is made for it, detached.
 *
 *   0
 *   -EALREADY  it is not pending: running, or settled
 *   -EINVAL    aw is NULL, or a promise
 *   -ENOMEM    memory is out
 *   -EAGAIN    no thread can be made
 *   other      what submit returned, any number but 0, as of a pool that is
 *              gone: aw is pending, as it was
 */
typedef int (*await_submit)(void *pool, void (*job)(void *), void *argument);
#define await_start(aw, submit, pool)                                          \
	AWAIT_CALL_(await_core_start, aw, (submit), (pool))

/* --- what the macros call --- */

int await_core_notify(struct await *aw, int eventfd);
int await_core_notify_call(struct await *aw, await_told told, void *data);
int await_core_unnotify(struct await *aw, int eventfd);
int await_core_unnotify_call(struct await *aw, await_told told, void *data);
int await_core_wait_any(struct await *const *awaits, size_t count,
			const struct timespec *deadline, size_t *index);
int await_core_start(struct await *aw, await_submit submit, void *pool);

#ifdef __cplusplus
}
#endif

/* Calls function for aw, and orders what this thread did before what is done
 * then. */
#define AWAIT_CALL_(function, aw, ...)                                         \
	__extension__({                                                        \
		AWAIT_BIND_                                                    \
		AWAIT_HANDLE_(aw);                                             \
		int await_rc_ =                                                \
			function(AWAIT_RELEASED_(await_aw_), __VA_ARGS__);     \
		AWAIT_BOUND_                                                   \
		AWAIT_NO_TAIL_CALL_();                                         \
		await_rc_;                                                     \
	})

#define AWAIT_WAIT_ANY_(awaits, count, deadline, index)                        \
	__extension__({                                                        \
		AWAIT_BIND_                                                    \
		__typeof__(&(awaits)[0]) await_all_ = (awaits);                \
		AWAIT_ASSERT_(sizeof((*await_all_)->head) +                    \
					      sizeof((*await_all_)->value) !=  \
				      0,                                       \
			      "not awaits");                                   \
		size_t await_count_ = (count);                                 \
		int await_rc_ = AWAIT_TSAN_WAITED_ALL_(                        \
			await_core_wait_any(AWAIT_HEADS_(await_all_),          \
					    await_count_, (deadline),          \
					    (index)),                          \
			AWAIT_HEADS_(await_all_), await_count_);               \
		AWAIT_BOUND_                                                   \
		AWAIT_NO_TAIL_CALL_();                                         \
		await_rc_;                                                     \
	})

#define AWAIT_WAIT_WITHIN_(aw, out, ms)                                        \
	AWAIT_RESULT_(out, __extension__({                                     \
			      AWAIT_BIND_                                      \
			      AWAIT_HANDLE_(aw);                               \
			      AWAIT_OUT_(out);                                 \
			      __typeof__(await_deadline(0)) await_at_ =        \
				      await_deadline(ms);                      \
			      int await_rc_ = AWAIT_TSAN_WAITED_(              \
				      await_core_wait_until(                   \
					      AWAIT_HEAD_(await_aw_),          \
					      AWAIT_LAYOUT_OF_(await_aw_),     \
					      &await_at_),                     \
				      AWAIT_HEAD_(await_aw_));                 \
			      AWAIT_BOUND_                                     \
			      AWAIT_NO_TAIL_CALL_();                           \
			      if (await_rc_ == 0 && await_out_)                \
				      *await_out_ = await_aw_->value;          \
			      await_rc_;                                       \
		      }))

/* SPDX-License-Identifier: MIT */
/*
 * <await/calls.h>: how <await/await.h> makes awaits and waits for them inside.
 * Not for users: nothing here is a promise.
 *
 * The calls that traces report (await_core_created, await_core_wait and
 * await_core_unref) stand in the macros that users write, not in inline
 * functions, so that they carry the user's source line.
 *
 * aw_, out_, site_ and the like are locals of each call's own block, so an
 * argument may be a call, too.
 */
#pragma once

#include <await/core.h>
#include <await/lists.h>
#include <await/take.h>

#include <errno.h>

#define AWAIT_HEAD_(aw) ((struct await *)(void *)(aw))

#define AWAIT_SITE_(func)                                                      \
	static const struct await_site site_ = { &func, __FILE__, __func__,    \
						 __LINE__, 0 }

/* After a call whose address is reported: keeps it from becoming a jump, which
 * would return to the caller's caller and lose the line. */
#define AWAIT_NO_TAIL_CALL_() __asm__ volatile("")

/* Evaluates to aw, so that the caller need not keep it across a call that is
 * hardly ever made. */
#define AWAIT_TELL_CREATED_(T, aw)                                             \
	((T *)(void *)await_core_created(AWAIT_HEAD_(aw)))

/* Only a pointer to an AWAIT_TYPE has both of these members. */
#define AWAIT_HANDLE_(aw)                                                      \
	__typeof__(*(aw)) *aw_ = (aw);                                         \
	(void)sizeof(aw_->head.serial);                                        \
	(void)sizeof(aw_->value)

#define AWAIT_CREATE_(...)                                                     \
	AWAIT_CAT_(AWAIT_CREATE,                                               \
		   AWAIT_ONE_(__VA_ARGS__, N, N, N, N, N, N, N, N, 1, ~))      \
	(__VA_ARGS__)
#define AWAIT_ONE_(a, b, c, d, e, f, g, h, i, j, ...) j
#define AWAIT_CREATE1(fn) AWAIT_CREATED_(fn, fn##_await_new(&site_))
#define AWAIT_CREATEN(fn, ...)                                                 \
	AWAIT_CREATED_(fn, fn##_await_new(&site_, __VA_ARGS__))
#define AWAIT_CREATED_(fn, new_await)                                          \
	__extension__({                                                        \
		AWAIT_SITE_(fn##_await_func);                                  \
		fn##_await_of *aw_ = new_await;                                \
		if (await_core_armed() && aw_)                                 \
			aw_ = AWAIT_TELL_CREATED_(fn##_await_of, aw_);         \
		AWAIT_NO_TAIL_CALL_();                                         \
		aw_;                                                           \
	})

#define AWAIT_NOWAIT_(T, v)                                                    \
	__extension__({                                                        \
		AWAIT_SITE_(T##_nowait_func);                                  \
		T##_value value_ = (v);                                        \
		T *aw_ = (T *)(void *)await_core_take(&site_);                 \
		if (aw_) {                                                     \
			aw_->value = value_;                                   \
			await_core_publish(AWAIT_HEAD_(aw_), AWAIT_RESOLVED);  \
			if (await_core_armed())                                \
				aw_ = AWAIT_TELL_CREATED_(T, aw_);             \
		}                                                              \
		AWAIT_NO_TAIL_CALL_();                                         \
		aw_;                                                           \
	})

#define AWAIT_LAYOUT_OF_(aw_)                                                  \
	AWAIT_LAYOUT(sizeof((aw_)->value),                                     \
		     AWAIT_KIND_OF_(__typeof__((aw_)->value)))

#define AWAIT_RC_(aw_)                                                         \
	(await_core_hit(AWAIT_HEAD_(aw_)) ?                                    \
		 0 :                                                           \
		 await_core_wait(AWAIT_HEAD_(aw_), AWAIT_LAYOUT_OF_(aw_)))

#define AWAIT_WAIT_(aw, out)                                                   \
	__extension__({                                                        \
		AWAIT_HANDLE_(aw);                                             \
		__typeof__(aw_->value) *out_ = (out);                          \
		int rc_ = AWAIT_RC_(aw_);                                      \
		AWAIT_NO_TAIL_CALL_();                                         \
		if (rc_ == 0 && out_)                                          \
			*out_ = aw_->value;                                    \
		rc_;                                                           \
	})

#define AWAIT_WAIT_UNTIL_(aw, out, deadline)                                   \
	__extension__({                                                        \
		AWAIT_HANDLE_(aw);                                             \
		__typeof__(aw_->value) *out_ = (out);                          \
		int rc_ = await_core_wait_until(                               \
			AWAIT_HEAD_(aw_), AWAIT_LAYOUT_OF_(aw_), (deadline));  \
		AWAIT_NO_TAIL_CALL_();                                         \
		if (rc_ == 0 && out_)                                          \
			*out_ = aw_->value;                                    \
		rc_;                                                           \
	})

#define AWAIT_WAIT_ALL_(awaits, count, errors, first)                          \
	__extension__({                                                        \
		__typeof__(&(awaits)[0]) awaits_ = (awaits);                   \
		(void)sizeof(awaits_[0]->value);                               \
		int rc_ = await_core_wait_all(                                 \
			(struct await *const *)(const void *)awaits_, (count), \
			AWAIT_LAYOUT_OF_(awaits_[0]), (errors), (first));      \
		AWAIT_NO_TAIL_CALL_();                                         \
		rc_;                                                           \
	})

#define AWAIT_PROMISE_(T)                                                      \
	__extension__({                                                        \
		AWAIT_SITE_(T##_promise_func);                                 \
		T *aw_ = (T *)(void *)await_core_take(&site_);                 \
		if (aw_) {                                                     \
			await_core_publish(AWAIT_HEAD_(aw_), AWAIT_PENDING);   \
			if (await_core_armed())                                \
				aw_ = AWAIT_TELL_CREATED_(T, aw_);             \
		}                                                              \
		AWAIT_NO_TAIL_CALL_();                                         \
		aw_;                                                           \
	})

#define AWAIT_RESOLVE_(aw, v)                                                  \
	__extension__({                                                        \
		AWAIT_HANDLE_(aw);                                             \
		__typeof__(aw_->value) value_ = (v);                           \
		int rc_ = await_core_claim_promise(AWAIT_HEAD_(aw_),           \
						   AWAIT_LAYOUT_OF_(aw_));     \
		if (rc_ == 0) {                                                \
			aw_->value = value_;                                   \
			await_core_settle(AWAIT_HEAD_(aw_), 0);                \
		}                                                              \
		AWAIT_NO_TAIL_CALL_();                                         \
		rc_;                                                           \
	})

#define AWAIT_REJECT_(aw, error)                                               \
	__extension__({                                                        \
		AWAIT_HANDLE_(aw);                                             \
		int error_ = (error);                                          \
		int rc_ = error_ < 0 ? await_core_claim_promise(               \
					       AWAIT_HEAD_(aw_),               \
					       AWAIT_LAYOUT_OF_(aw_)) :        \
				       -EINVAL;                                \
		if (rc_ == 0)                                                  \
			await_core_settle(AWAIT_HEAD_(aw_), error_);           \
		AWAIT_NO_TAIL_CALL_();                                         \
		rc_;                                                           \
	})

#define AWAIT_CANCEL_(aw)                                                      \
	__extension__({                                                        \
		AWAIT_HANDLE_(aw);                                             \
		int rc_ = await_core_cancel(AWAIT_HEAD_(aw_));                 \
		AWAIT_NO_TAIL_CALL_();                                         \
		rc_;                                                           \
	})

#define AWAIT_CAST_(T, aw)                                                     \
	__extension__({                                                        \
		AWAIT_HANDLE_(aw);                                             \
		AWAIT_ASSERT_(                                                 \
			sizeof(aw_->value) == sizeof(T##_value) &&             \
				__alignof__(aw_->value) ==                     \
					__alignof__(T##_value) &&              \
				AWAIT_KIND_OF_(__typeof__(aw_->value)) ==      \
					AWAIT_KIND_OF_(T##_value),             \
			"await_cast: the types differ in layout");             \
		(T *)(void *)aw_;                                              \
	})

#define AWAIT_GET_(aw)                                                         \
	__extension__({                                                        \
		AWAIT_HANDLE_(aw);                                             \
		int rc_ = AWAIT_RC_(aw_);                                      \
		if (__builtin_expect(rc_ != 0, 0))                             \
			await_core_die(AWAIT_HEAD_(aw_), rc_, __FILE__,        \
				       __LINE__);                              \
		aw_->value;                                                    \
	})

#define AWAIT_PEEK_(aw, out)                                                   \
	__extension__({                                                        \
		AWAIT_HANDLE_(aw);                                             \
		__typeof__(aw_->value) *out_ = (out);                          \
		int rc_ = await_core_peek(AWAIT_HEAD_(aw_),                    \
					  AWAIT_LAYOUT_OF_(aw_));              \
		if (rc_ == 0 && out_)                                          \
			*out_ = aw_->value;                                    \
		rc_;                                                           \
	})

#define AWAIT_REF_(aw)                                                         \
	__extension__({                                                        \
		AWAIT_HANDLE_(aw);                                             \
		await_core_ref(AWAIT_HEAD_(aw_));                              \
		aw_;                                                           \
	})

#define AWAIT_UNREF_(aw)                                                       \
	__extension__({                                                        \
		AWAIT_HANDLE_(aw);                                             \
		await_core_unref(AWAIT_HEAD_(aw_));                            \
		AWAIT_NO_TAIL_CALL_();                                         \
	})

/* SPDX-License-Identifier: MIT */
/*
 * <await/calls.h>: how <await/await.h> makes awaits and waits for them inside.
 * Not for users: nothing here is a promise.
 *
 * The calls that traces report (await_core_created, await_core_wait and
 * await_core_unref) stand in the macros that users write, not in inline
 * functions, so that they carry the user's source line.
 *
 * await_aw_, await_out_ and the like are locals of each call's own block, so an
 * argument may be a call, too; their declarations come first, for compilers
 * that are told to insist on it.
 */
#pragma once

#include <await/core.h>
#include <await/language.h>
#include <await/lists.h>
#include <await/take.h>
#include <await/tsan.h>

#include <errno.h>

#define AWAIT_HEAD_(aw) AWAIT_POINTER_(struct await, aw)
/* The same, for calls that order what this thread did before what others do. */
#define AWAIT_RELEASED_(aw) AWAIT_TSAN_RELEASED_(AWAIT_HEAD_(aw))

#define AWAIT_SITE_(func)                                                      \
	static const struct await_site await_site_ = { &func, __FILE__,        \
						       __func__, __LINE__, 0 }

/* After a call whose address is reported: keeps it from becoming a jump, which
 * would return to the caller's caller and lose the line. */
#define AWAIT_NO_TAIL_CALL_() __asm__ volatile("")

/* Evaluates to aw, so that the caller need not keep it across a call that is
 * hardly ever made. */
#define AWAIT_TELL_CREATED_(T, aw)                                             \
	AWAIT_POINTER_(T, await_core_created(AWAIT_HEAD_(aw)))

/* Only a pointer to an AWAIT_TYPE has both of these members. */
#define AWAIT_HANDLE_(aw)                                                      \
	__typeof__(*(aw)) *await_aw_ = (aw);                                   \
	AWAIT_ASSERT_(sizeof(await_aw_->head) + sizeof(await_aw_->value) != 0, \
		      "not an await")

/* Where the value of out goes. */
#define AWAIT_OUT_(out) __typeof__(await_aw_->value) *await_out_ = (out)

#define AWAIT_CREATE_(...)                                                     \
	AWAIT_CAT_(AWAIT_CREATE, AWAIT_ONE_OR_MORE_(__VA_ARGS__))(__VA_ARGS__)
#define AWAIT_CREATE1(fn)                                                      \
	AWAIT_CREATED_(fn, AWAIT_CODE_OF_(fn, new)(&await_site_))
#define AWAIT_CREATE2(fn, ...)                                                 \
	AWAIT_CREATED_(fn, AWAIT_CODE_OF_(fn, new)(&await_site_, __VA_ARGS__))
#define AWAIT_CREATED_(fn, new_await)                                          \
	AWAIT_CODE_OF_(fn, made)                                               \
	(__extension__({                                                       \
		AWAIT_BIND_                                                    \
		AWAIT_SITE_(fn##_await_func);                                  \
		fn##_await_of *await_aw_ = new_await;                          \
		AWAIT_BOUND_                                                   \
		if (await_core_armed() && await_aw_)                           \
			await_aw_ =                                            \
				AWAIT_TELL_CREATED_(fn##_await_of, await_aw_); \
		AWAIT_NO_TAIL_CALL_();                                         \
		await_aw_;                                                     \
	}))

#define AWAIT_NOWAIT_(T, ...)                                                  \
	__extension__({                                                        \
		AWAIT_BIND_                                                    \
		AWAIT_SITE_(T##_nowait_func);                                  \
		AWAIT_ONLY_ONE_(__VA_ARGS__);                                  \
		T##_value await_value_ = AWAIT_ONE_(T##_value, __VA_ARGS__);   \
		T *await_aw_ =                                                 \
			AWAIT_POINTER_(T, await_core_take(&await_site_));      \
		AWAIT_BOUND_                                                   \
		if (await_aw_) {                                               \
			await_aw_->value = await_value_;                       \
			await_core_publish(AWAIT_HEAD_(await_aw_),             \
					   AWAIT_RESOLVED);                    \
			if (await_core_armed())                                \
				await_aw_ = AWAIT_TELL_CREATED_(T, await_aw_); \
		}                                                              \
		AWAIT_NO_TAIL_CALL_();                                         \
		await_aw_;                                                     \
	})

#define AWAIT_LAYOUT_OF_(aw)                                                   \
	AWAIT_LAYOUT(sizeof((aw)->value),                                      \
		     AWAIT_KIND_OF_(__typeof__((aw)->value)))

#define AWAIT_RC_(aw)                                                          \
	(await_core_hit(AWAIT_HEAD_(aw)) ?                                     \
		 0 :                                                           \
		 AWAIT_TSAN_WAITED_(await_core_wait(AWAIT_HEAD_(aw),           \
						    AWAIT_LAYOUT_OF_(aw)),     \
				    AWAIT_HEAD_(aw)))

#define AWAIT_WAIT_(aw, out)                                                   \
	AWAIT_RESULT_(out, __extension__({                                     \
			      AWAIT_BIND_                                      \
			      AWAIT_HANDLE_(aw);                               \
			      AWAIT_OUT_(out);                                 \
			      int await_rc_ = AWAIT_RC_(await_aw_);            \
			      AWAIT_BOUND_                                     \
			      AWAIT_NO_TAIL_CALL_();                           \
			      if (await_rc_ == 0 && await_out_)                \
				      *await_out_ = await_aw_->value;          \
			      await_rc_;                                       \
		      }))

#define AWAIT_WAIT_UNTIL_(aw, out, ...)                                        \
	AWAIT_RESULT_(out, __extension__({                                     \
			      AWAIT_BIND_                                      \
			      AWAIT_HANDLE_(aw);                               \
			      AWAIT_OUT_(out);                                 \
			      int await_rc_ = AWAIT_TSAN_WAITED_(              \
				      await_core_wait_until(                   \
					      AWAIT_HEAD_(await_aw_),          \
					      AWAIT_LAYOUT_OF_(await_aw_),     \
					      __VA_ARGS__),                    \
				      AWAIT_HEAD_(await_aw_));                 \
			      AWAIT_BOUND_                                     \
			      AWAIT_NO_TAIL_CALL_();                           \
			      if (await_rc_ == 0 && await_out_)                \
				      *await_out_ = await_aw_->value;          \
			      await_rc_;                                       \
		      }))

#define AWAIT_WAIT_ALL_(awaits, count, errors, first)                          \
	__extension__({                                                        \
		AWAIT_BIND_                                                    \
		__typeof__(&(awaits)[0]) await_all_ = (awaits);                \
		size_t await_count_ = (count);                                 \
		int await_rc_ = AWAIT_TSAN_WAITED_ALL_(                        \
			await_core_wait_all(AWAIT_HEADS_(await_all_),          \
					    await_count_,                      \
					    AWAIT_LAYOUT_OF_(await_all_[0]),   \
					    (errors), (first)),                \
			AWAIT_HEADS_(await_all_), await_count_);               \
		AWAIT_BOUND_                                                   \
		AWAIT_NO_TAIL_CALL_();                                         \
		await_rc_;                                                     \
	})

#define AWAIT_PROMISE_(T, name)                                                \
	__extension__({                                                        \
		AWAIT_SITE_(T##_##name##_func);                                \
		T *await_aw_ =                                                 \
			AWAIT_POINTER_(T, await_core_take(&await_site_));      \
		if (await_aw_) {                                               \
			await_core_publish(AWAIT_HEAD_(await_aw_),             \
					   AWAIT_PENDING);                     \
			if (await_core_armed())                                \
				await_aw_ = AWAIT_TELL_CREATED_(T, await_aw_); \
		}                                                              \
		AWAIT_NO_TAIL_CALL_();                                         \
		await_aw_;                                                     \
	})

#define AWAIT_CLAIM_PROMISE_(aw)                                               \
	AWAIT_TSAN_WAITED_(await_core_claim_promise(AWAIT_HEAD_(aw),           \
						    AWAIT_LAYOUT_OF_(aw)),     \
			   AWAIT_HEAD_(aw))

#define AWAIT_RESOLVE_(aw, ...)                                                \
	__extension__({                                                        \
		AWAIT_BIND_                                                    \
		AWAIT_HANDLE_(aw);                                             \
		AWAIT_ONLY_ONE_(__VA_ARGS__);                                  \
		__typeof__(await_aw_->value) await_value_ =                    \
			AWAIT_ONE_(__typeof__(await_aw_->value), __VA_ARGS__); \
		int await_rc_ = AWAIT_CLAIM_PROMISE_(await_aw_);               \
		AWAIT_BOUND_                                                   \
		if (await_rc_ == 0) {                                          \
			await_aw_->value = await_value_;                       \
			await_core_settle(AWAIT_RELEASED_(await_aw_), 0);      \
		}                                                              \
		AWAIT_NO_TAIL_CALL_();                                         \
		await_rc_;                                                     \
	})

#define AWAIT_REJECT_(aw, error)                                               \
	__extension__({                                                        \
		AWAIT_BIND_                                                    \
		AWAIT_HANDLE_(aw);                                             \
		int await_error_ = (error);                                    \
		int await_rc_ = await_error_ < 0 ?                             \
					AWAIT_CLAIM_PROMISE_(await_aw_) :      \
					-EINVAL;                               \
		AWAIT_BOUND_                                                   \
		if (await_rc_ == 0)                                            \
			await_core_settle(AWAIT_RELEASED_(await_aw_),          \
					  await_error_);                       \
		AWAIT_NO_TAIL_CALL_();                                         \
		await_rc_;                                                     \
	})

/* Only a pointer to an owner has this member. */
#define AWAIT_PROMISE_OF_(owner)                                               \
	AWAIT_POINTER_(__typeof__((owner)->await_promise_), owner)

#define AWAIT_OWNER_DROP_(owner)                                               \
	__extension__({                                                        \
		AWAIT_BIND_                                                    \
		AWAIT_HANDLE_(AWAIT_PROMISE_OF_(owner));                       \
		int await_rc_ =                                                \
			await_core_drop_owner(AWAIT_RELEASED_(await_aw_));     \
		AWAIT_BOUND_                                                   \
		AWAIT_NO_TAIL_CALL_();                                         \
		await_rc_;                                                     \
	})

#define AWAIT_CANCEL_(aw)                                                      \
	__extension__({                                                        \
		AWAIT_BIND_                                                    \
		AWAIT_HANDLE_(aw);                                             \
		int await_rc_ = await_core_cancel(AWAIT_RELEASED_(await_aw_)); \
		AWAIT_BOUND_                                                   \
		AWAIT_NO_TAIL_CALL_();                                         \
		await_rc_;                                                     \
	})

#define AWAIT_CAST_(T, aw)                                                     \
	__extension__({                                                        \
		AWAIT_BIND_                                                    \
		AWAIT_HANDLE_(aw);                                             \
		AWAIT_ASSERT_(sizeof(await_aw_->value) == sizeof(T##_value) && \
				      __alignof__(await_aw_->value) ==         \
					      __alignof__(T##_value) &&        \
				      AWAIT_KIND_OF_(                          \
					      __typeof__(await_aw_->value)) == \
					      AWAIT_KIND_OF_(T##_value),       \
			      "await_cast: the types differ in layout");       \
		AWAIT_BOUND_                                                   \
		AWAIT_POINTER_(T, await_aw_);                                  \
	})

/* Declares await_aw_, which has its value then. */
#define AWAIT_WAITED_FOR_(aw)                                                  \
	AWAIT_BIND_                                                            \
	AWAIT_HANDLE_(aw);                                                     \
	int await_rc_ = AWAIT_RC_(await_aw_);                                  \
	AWAIT_BOUND_                                                           \
	if (__builtin_expect(await_rc_ != 0, 0))                               \
	await_core_die(AWAIT_HEAD_(await_aw_), await_rc_, __FILE__, __LINE__)

#define AWAIT_GET_(aw)                                                         \
	__extension__({                                                        \
		AWAIT_WAITED_FOR_(aw);                                         \
		await_aw_->value;                                              \
	})

#define AWAIT_BORROW_(aw)                                                      \
	__extension__({                                                        \
		AWAIT_WAITED_FOR_(aw);                                         \
		AWAIT_POINTER_(const __typeof__(await_aw_->value),             \
			       &await_aw_->value);                             \
	})

#define AWAIT_PEEK_(aw, out)                                                   \
	__extension__({                                                        \
		AWAIT_BIND_                                                    \
		AWAIT_HANDLE_(aw);                                             \
		AWAIT_OUT_(out);                                               \
		int await_rc_ = AWAIT_TSAN_WAITED_(                            \
			await_core_peek(AWAIT_HEAD_(await_aw_),                \
					AWAIT_LAYOUT_OF_(await_aw_)),          \
			AWAIT_HEAD_(await_aw_));                               \
		AWAIT_BOUND_                                                   \
		if (await_rc_ == 0 && await_out_)                              \
			*await_out_ = await_aw_->value;                        \
		await_rc_;                                                     \
	})

#define AWAIT_REF_(aw)                                                         \
	__extension__({                                                        \
		AWAIT_BIND_                                                    \
		AWAIT_HANDLE_(aw);                                             \
		AWAIT_BOUND_                                                   \
		await_core_ref(AWAIT_HEAD_(await_aw_));                        \
		await_aw_;                                                     \
	})

#define AWAIT_UNREF_(aw)                                                       \
	__extension__({                                                        \
		AWAIT_BIND_                                                    \
		AWAIT_HANDLE_(aw);                                             \
		AWAIT_BOUND_                                                   \
		await_core_unref(AWAIT_RELEASED_(await_aw_));                  \
		AWAIT_NO_TAIL_CALL_();                                         \
	})

#define AWAIT_DROP_(where)                                                     \
	__extension__({                                                        \
		AWAIT_BIND_                                                    \
		__typeof__(*(where)) *await_where_ = (where);                  \
		AWAIT_HANDLE_(*await_where_);                                  \
		AWAIT_BOUND_                                                   \
		*await_where_ = AWAIT_NULL_;                                   \
		await_core_unref(AWAIT_RELEASED_(await_aw_));                  \
		AWAIT_NO_TAIL_CALL_();                                         \
	})

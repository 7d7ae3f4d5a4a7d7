/* SPDX-License-Identifier: MIT */
/*
 * <await/macros.h>: how <await/await.h> declares types and functions inside.
 * Not for users: nothing here is a promise.
 *
 * AWAIT_TYPE(page, struct page) declares
 *     struct await_page { struct await head; struct page value; }
 *     struct await_page_owner { await_page await_promise_; }
 * and a constant await_page_type. AWAITABLE(page, fetch, (T, a)...) declares
 *     struct fetch_await_args   the arguments, as gdb shows them
 *     struct fetch_await_slot   where they lie
 *     fetch_await_run()         calls fetch from a slot
 *     fetch_await_release()     ends the arguments of an await without value
 *     fetch_await_new()         fills a slot
 *     fetch_await_func          the constant that describes all this
 * In C++ the functions are members of a class without a name.
 *
 * gdb/awaitgdb/dwarf.py finds types by these names, and by the variables
 * await_awaited_ and await_args_ of fetch_await_run().
 *
 * A small value is built in a temporary and copied over the arguments when the
 * function succeeded; a large one has room of its own behind them. So the
 * arguments of a failed or running await are always whole.
 */
#pragma once

#include <await/calls.h>
#include <await/core.h>
#include <await/language.h>
#include <await/lists.h>
#include <await/tsan.h>

/* Values above this many bytes do not share memory with the arguments: copying
 * them costs more than the memory. */
#define AWAIT_SHARE_MAX_ 64

/* --- one argument, p = (T, name), (T, name, release) or with a retain --- */

#define AWAIT_WITH_(m, fn, p) AWAIT_APPLY_(m, fn, AWAIT_STRIP_ p, ~)
#define AWAIT_BY_COUNT_(m, fn, p)                                              \
	AWAIT_WITH_(AWAIT_CAT_(m, AWAIT_COUNT_ p), fn, p)

#define AWAIT_PLAIN_(fn, p) AWAIT_WITH_(AWAIT_PLAIN2_, fn, p)
#define AWAIT_PLAIN2_(fn, T, n, ...)                                           \
	AWAIT_ASSERT_PLAIN_(T, "AWAITABLE: " #fn "'s argument " #n ", " #T ",")

#define AWAIT_MEMBER_(fn, p) AWAIT_WITH_(AWAIT_MEMBER2_, fn, p)
#define AWAIT_MEMBER2_(fn, T, n, ...) T n;
#define AWAIT_PARAM_(fn, p) AWAIT_WITH_(AWAIT_PARAM2_, fn, p)
#define AWAIT_PARAM2_(fn, T, n, ...) , T n
#define AWAIT_PASS_(fn, p) AWAIT_WITH_(AWAIT_PASS2_, fn, p)
#define AWAIT_PASS2_(fn, T, n, ...) await_args_.n
#define AWAIT_PASS_MORE_(fn, p) , AWAIT_PASS_(fn, p)
#define AWAIT_TYPED_(fn, p) AWAIT_WITH_(AWAIT_TYPED2_, fn, p)
#define AWAIT_TYPED2_(fn, T, n, ...) AWAIT_NONE_(struct fn##_await_args)->n
#define AWAIT_TYPED_MORE_(fn, p) , AWAIT_TYPED_(fn, p)

#define AWAIT_STORE_(fn, p) AWAIT_BY_COUNT_(AWAIT_STORE, fn, p)
#define AWAIT_STORE2(fn, T, n, ...) await_slot_->await_args_.n = n;
#define AWAIT_STORE3(fn, T, n, release, ...) await_slot_->await_args_.n = n;
#define AWAIT_STORE4(fn, T, n, release, retain, ...)                           \
	await_slot_->await_args_.n = retain(n);

#define AWAIT_RELEASE_(fn, p) AWAIT_BY_COUNT_(AWAIT_RELEASE, fn, p)
#define AWAIT_RELEASE2(fn, T, n, ...)
#define AWAIT_RELEASE3(fn, T, n, release, ...)                                 \
	release(AWAIT_OWNED_(await_args_->n));
#define AWAIT_RELEASE4(fn, T, n, release, retain, ...)                         \
	release(AWAIT_OWNED_(await_args_->n));

/* Does any argument have a release hook? */
#define AWAIT_OWNS_ANY_(n, fn, ...)                                            \
	((0 AWAIT_EACH_##n##_(AWAIT_OWNS_, fn, __VA_ARGS__)) != 0)
#define AWAIT_OWNS_(fn, p) +(AWAIT_COUNT_ p > 2)

#define AWAIT_DESCRIBE_(fn, p) AWAIT_WITH_(AWAIT_DESCRIBE2_, fn, p)
#define AWAIT_DESCRIBE2_(fn, T, n, ...)                                        \
	{ #n,                                                                  \
	  #T,                                                                  \
	  AWAIT_UINT_(offsetof(struct fn##_await_args, n)),                    \
	  AWAIT_UINT_(sizeof(T)),                                              \
	  AWAIT_KIND_OF_(T),                                                   \
	  0 },

/* --- AWAIT_TYPE --- */

/* Where the slot of a value begins, as AWAIT_TYPE_BODY_ will place it. */
#define AWAIT_SLOT_OF_VALUE_(W, value)                                         \
	(AWAIT_POINTER_(char, value) -                                         \
	 AWAIT_ROUND_UP_(sizeof(struct await), __alignof__(W)))

/* <stdbool.h> makes bool a macro; its awaits are called await_bool anyway. */
#define await__Bool await_bool

#define AWAIT_TYPE_DEFINE_(T, name, ...)                                       \
	AWAIT_CAT_(AWAIT_TYPE, AWAIT_COUNT_(__VA_ARGS__))                      \
	(T, name, __VA_ARGS__)
#define AWAIT_TYPE1(T, name, W) AWAIT_TYPE_BODY_(T, name, W, #W, 0, AWAIT_NULL_)
#define AWAIT_TYPE2(T, name, W, destroy)                                       \
	AWAIT_CODE_                                                            \
	AWAIT_UNUSED_ static void T##_await_end(void *await_value_)            \
	{                                                                      \
		AWAIT_TSAN_ACQUIRE_(AWAIT_SLOT_OF_VALUE_(W, await_value_));    \
		destroy(AWAIT_POINTER_(W, await_value_));                      \
		AWAIT_TSAN_RELEASE_(AWAIT_SLOT_OF_VALUE_(W, await_value_));    \
	}                                                                      \
	AWAIT_CODE_END_(T)                                                     \
	AWAIT_TYPE_BODY_(T, name, W, #W, 1, AWAIT_CODE_AT_(T, end))
#define AWAIT_TYPE3(T, name, ...) AWAIT_TYPE_WRONG_(name)
#define AWAIT_TYPE4(T, name, ...) AWAIT_TYPE_WRONG_(name)
#define AWAIT_TYPE5(T, name, ...) AWAIT_TYPE_WRONG_(name)
#define AWAIT_TYPE_WRONG_(name)                                                \
	AWAIT_ASSERT_(0, "AWAIT_TYPE: " name " has more than a type and a "    \
			 "destructor; a type with commas needs a typedef")

#define AWAIT_TYPE_BODY_(T, name, W, spelling, destroys, destroy)              \
	AWAIT_BIND_                                                            \
	AWAIT_ASSERT_PLAIN_(W, "AWAIT_TYPE: " spelling)                        \
	AWAIT_ASSERT_(__alignof__(W) <= 4096,                                  \
		      "awaits of " spelling ": aligned to more than a page");  \
	typedef W T##_value;                                                   \
	enum { T##_destroys = destroys };                                      \
	typedef struct T {                                                     \
		struct await head;                                             \
		T##_value value;                                               \
	} T;                                                                   \
	typedef struct T##_owner {                                             \
		T await_promise_;                                              \
	} T##_owner AWAIT_UNUSED_;                                             \
	AWAIT_BOUND_                                                           \
	AWAIT_UNUSED_ static const struct await_type T##_type = {              \
		name, spelling, destroy, AWAIT_UINT_(sizeof(W)),               \
		AWAIT_KIND_OF_(W)                                              \
	};                                                                     \
	AWAIT_RUNLESS_(T, nowait, AWAIT_NOWAIT, 0u);                           \
	AWAIT_RUNLESS_(T, promise, AWAIT_PROMISE, 0u);                         \
	AWAIT_RUNLESS_(T, promise_owner, AWAIT_PROMISE, AWAIT_OWNED);          \
	AWAIT_END_

/* Describes awaits of T that no function runs. */
#define AWAIT_RUNLESS_(T, name, origin, flags)                                 \
	AWAIT_UNUSED_ static const struct await_func T##_##name##_func = {     \
		#name,                                                         \
		&T##_type,                                                     \
		AWAIT_NULL_,                                                   \
		AWAIT_NULL_,                                                   \
		AWAIT_NULL_,                                                   \
		0,                                                             \
		AWAIT_UINT_(offsetof(T, value)),                               \
		AWAIT_UINT_(offsetof(T, value)),                               \
		AWAIT_SLOT_SIZE_(sizeof(T), __alignof__(T)),                   \
		origin,                                                        \
		AWAIT_NAME_LENGTH(#name) | (flags),                            \
		AWAIT_LAYOUT_NONE,                                             \
		T##_destroys ? AWAIT_SIZE_NONE :                               \
			       AWAIT_SLOT_SIZE_(sizeof(T), __alignof__(T))     \
	}

/* Slots are at least 32 bytes apart, and as far as their alignment requires. */
#define AWAIT_SLOT_SIZE_(size, align)                                          \
	AWAIT_UINT_(AWAIT_ROUND_UP_(size, AWAIT_MAX_(align, 32u)))
#define AWAIT_ROUND_UP_(size, to) (((size) + (to)-1) / (to) * (to))
/* Without branches, which may be the same. */
#define AWAIT_MAX_(a, b) ((b) + ((a) > (b)) * ((a) - (b)))

/* --- AWAITABLE --- */

#ifdef __has_attribute
#if __has_attribute(__no_icf__)
#define AWAIT_NO_ICF_ __attribute__((__no_icf__))
#endif
#endif
#ifndef AWAIT_NO_ICF_
#define AWAIT_NO_ICF_
#endif

/* __VA_ARGS__ is fn, arguments...; shape is AWAIT_STATUS_, AWAIT_VALUE_ or
 * AWAIT_ACTION_. */
#define AWAIT_FUNC_DEFINE_(shape, flags, T, ...)                               \
	AWAIT_FUNC_COUNTED_(AWAIT_ARGC_(__VA_ARGS__, 9, 9, 9, 9, 9, 9, 9, 9,   \
					8, 7, 6, 5, 4, 3, 2, 1, 0, ~),         \
			    shape, flags, T, __VA_ARGS__, ~)
#define AWAIT_ARGC_(fn, a, b, c, d, e, f, g, h, i, j, k, l, m, o, p, q, n,     \
		    ...)                                                       \
	n
#define AWAIT_FUNC_COUNTED_(n, shape, flags, T, fn, ...)                       \
	AWAIT_CAT_(AWAIT_FUNC, AWAIT_CAT3_(AWAIT_ITEMS_, n, _)(__VA_ARGS__))   \
	(n, shape, flags, T, fn, __VA_ARGS__)
#define AWAIT_FUNC0(n, shape, flags, T, fn, ...)                               \
	AWAIT_ASSERT_(0, "AWAITABLE: each argument of " #fn                    \
			 " is (type, name), and may name a release and a "     \
			 "retain function: (type, name, release, retain)")
#define AWAIT_FUNC2(n, shape, flags, T, fn, ...)                               \
	AWAIT_ASSERT_(0, "AWAITABLE: " #fn " has more than eight arguments")

/* How each shape of function is called; out is where its value goes. */
#define AWAIT_STATUS_CALL_(n, out, fn, ...)                                    \
	fn(&(out)AWAIT_EACH_##n##_(AWAIT_PASS_MORE_, fn, __VA_ARGS__))
#define AWAIT_VALUE_CALL_(n, out, fn, ...)                                     \
	(((out) = fn(AWAIT_LIST_##n##_(AWAIT_PASS_, fn, __VA_ARGS__))), 0)
#define AWAIT_ACTION_CALL_(n, out, fn, ...)                                    \
	(((out) = AWAIT_DONE_),                                                \
	 AWAIT_RC_OF_(fn(AWAIT_LIST_##n##_(AWAIT_PASS_, fn, __VA_ARGS__))))

/* And what it has to return. */
#define AWAIT_STATUS_CHECK_(n, T, fn, ...)                                     \
	AWAIT_ASSERT_(AWAIT_RETURNS_INT_(                                      \
			      fn(&AWAIT_NONE_(T)->value AWAIT_EACH_##n##_(     \
				      AWAIT_TYPED_MORE_, fn, __VA_ARGS__))),   \
		      "AWAITABLE: " #fn                                        \
		      " must return int, 0 or a negative errno");
#define AWAIT_VALUE_CHECK_(n, T, fn, ...)                                      \
	AWAIT_ASSERT_(!AWAIT_RETURNS_NOTHING_(fn(AWAIT_LIST_##n##_(            \
			      AWAIT_TYPED_, fn, __VA_ARGS__))),                \
		      "AWAITABLE_VALUE: " #fn " returns no value");
#define AWAIT_ACTION_CHECK_(n, T, fn, ...)                                     \
	AWAIT_ASSERT_(AWAIT_RETURNS_NOTHING_(fn(AWAIT_LIST_##n##_(             \
			      AWAIT_TYPED_, fn, __VA_ARGS__))) ||              \
			      AWAIT_RETURNS_INT_(fn(AWAIT_LIST_##n##_(         \
				      AWAIT_TYPED_, fn, __VA_ARGS__))),        \
		      "AWAITABLE_ACTION: " #fn                                 \
		      " must return int, 0 or a negative errno, or nothing");

/* A function that cannot fail. */
#define AWAIT_STATUS_FLAGS_(n, fn, ...) 0u
#define AWAIT_VALUE_FLAGS_(n, fn, ...) AWAIT_INFALLIBLE
#define AWAIT_ACTION_FLAGS_(n, fn, ...)                                        \
	(AWAIT_RETURNS_NOTHING_(                                               \
		 fn(AWAIT_LIST_##n##_(AWAIT_TYPED_, fn, __VA_ARGS__))) ?       \
		 AWAIT_INFALLIBLE :                                            \
		 0u)

/* C has no empty structs. */
#define AWAIT_MEMBERS_0_(fn, ...) char await_none_;
#define AWAIT_MEMBERS_1_(...) AWAIT_EACH_1_(AWAIT_MEMBER_, __VA_ARGS__)
#define AWAIT_MEMBERS_2_(...) AWAIT_EACH_2_(AWAIT_MEMBER_, __VA_ARGS__)
#define AWAIT_MEMBERS_3_(...) AWAIT_EACH_3_(AWAIT_MEMBER_, __VA_ARGS__)
#define AWAIT_MEMBERS_4_(...) AWAIT_EACH_4_(AWAIT_MEMBER_, __VA_ARGS__)
#define AWAIT_MEMBERS_5_(...) AWAIT_EACH_5_(AWAIT_MEMBER_, __VA_ARGS__)
#define AWAIT_MEMBERS_6_(...) AWAIT_EACH_6_(AWAIT_MEMBER_, __VA_ARGS__)
#define AWAIT_MEMBERS_7_(...) AWAIT_EACH_7_(AWAIT_MEMBER_, __VA_ARGS__)
#define AWAIT_MEMBERS_8_(...) AWAIT_EACH_8_(AWAIT_MEMBER_, __VA_ARGS__)

#define AWAIT_SHARES_(T) (sizeof(T##_value) <= AWAIT_SHARE_MAX_)

#define AWAIT_FUNC1(n, shape, flags, T, fn, ...)                               \
	AWAIT_BIND_                                                            \
	typedef T fn##_await_of;                                               \
	AWAIT_EACH_##n##_(AWAIT_PLAIN_, fn,                                    \
			  __VA_ARGS__) struct fn##_await_args {                \
		AWAIT_MEMBERS_##n##_(fn, __VA_ARGS__)                          \
	};                                                                     \
	struct fn##_await_slot {                                               \
		union {                                                        \
			struct await await_head_;                              \
			char await_whole_[AWAIT_SHARES_(T) ?                   \
						  sizeof(struct await) :       \
						  sizeof(T)];                  \
		} await_before_;                                               \
		struct fn##_await_args await_args_;                            \
	};                                                                     \
	shape##CHECK_(n, T, fn, __VA_ARGS__)                                   \
		AWAIT_CODE_ AWAIT_UNUSED_ static void fn##_await_release(      \
			void *await_from_)                                     \
	{                                                                      \
		struct fn##_await_args *await_args_ =                          \
			AWAIT_POINTER_(struct fn##_await_args, await_from_);   \
		(void)await_args_;                                             \
		AWAIT_EACH_##n##_(AWAIT_RELEASE_, fn, __VA_ARGS__)             \
	}                                                                      \
	AWAIT_NO_ICF_                                                          \
	__attribute__((__noinline__, __unused__)) static int fn##_await_run(   \
		struct await *await_aw_)                                       \
	{                                                                      \
		T *await_awaited_ = AWAIT_POINTER_(T, await_aw_);              \
		struct fn##_await_args await_args_ =                           \
			AWAIT_POINTER_(struct fn##_await_slot,                 \
				       AWAIT_TSAN_TAKEN_(await_aw_))           \
				->await_args_;                                 \
		int await_rc_;                                                 \
		(void)await_args_;                                             \
		if (AWAIT_SHARES_(T)) {                                        \
			T##_value await_value_;                                \
			await_rc_ = shape##CALL_(n, await_value_, fn,          \
						 __VA_ARGS__);                 \
			if (await_rc_ == 0)                                    \
				await_awaited_->value = await_value_;          \
		} else {                                                       \
			await_rc_ = shape##CALL_(n, await_awaited_->value, fn, \
						 __VA_ARGS__);                 \
		}                                                              \
		AWAIT_TSAN_RELEASE_(await_aw_);                                \
		if (AWAIT_OWNS_ANY_(n, fn, __VA_ARGS__) &&                     \
		    await_core_finish(await_aw_, await_rc_))                   \
			fn##_await_release(&await_args_);                      \
		return await_rc_;                                              \
	}                                                                      \
	AWAIT_UNUSED_ static inline T *AWAIT_CODE_NAME_(fn, new)(              \
		const struct await_site *await_site_ AWAIT_EACH_##n##_(        \
			AWAIT_PARAM_, fn, __VA_ARGS__))                        \
	{                                                                      \
		struct await *await_aw_ = await_core_take(await_site_);        \
		struct fn##_await_slot *await_slot_ =                          \
			AWAIT_POINTER_(struct fn##_await_slot, await_aw_);     \
		if (!await_aw_)                                                \
			return AWAIT_NULL_;                                    \
		(void)await_slot_;                                             \
		AWAIT_EACH_##n##_(AWAIT_STORE_, fn, __VA_ARGS__)               \
			await_core_publish(await_aw_, AWAIT_PENDING);          \
		return AWAIT_POINTER_(T, await_aw_);                           \
	}                                                                      \
	AWAIT_NODISCARD_ AWAIT_UNUSED_ static inline T *AWAIT_CODE_NAME_(      \
		fn, made)(T * await_aw_)                                       \
	{                                                                      \
		return await_aw_;                                              \
	}                                                                      \
	AWAIT_CODE_END_(fn)                                                    \
	AWAIT_BOUND_                                                           \
	enum {                                                                 \
		fn##_await_size = AWAIT_SLOT_SIZE_(                            \
			AWAIT_MAX_(sizeof(T), sizeof(struct fn##_await_slot)), \
			AWAIT_MAX_(__alignof__(T),                             \
				   __alignof__(struct fn##_await_slot)))       \
	};                                                                     \
	AWAIT_UNUSED_ static const struct await_arg fn##_await_list[] = {      \
		AWAIT_EACH_##n##_(AWAIT_DESCRIBE_, fn, __VA_ARGS__){           \
			AWAIT_NULL_, AWAIT_NULL_, 0, 0, 0, 0 }                 \
	};                                                                     \
	AWAIT_UNUSED_ static const struct await_func fn##_await_func = {       \
		#fn,                                                           \
		&T##_type,                                                     \
		fn##_await_list,                                               \
		AWAIT_CODE_AT_(fn, run),                                       \
		AWAIT_OWNS_ANY_(n, fn, __VA_ARGS__) ?                          \
			AWAIT_CODE_AT_(fn, release) :                          \
			AWAIT_NULL_,                                           \
		n,                                                             \
		AWAIT_UINT_(offsetof(struct fn##_await_slot, await_args_)),    \
		AWAIT_UINT_(offsetof(T, value)),                               \
		fn##_await_size,                                               \
		AWAIT_LAZY,                                                    \
		(flags) | shape##FLAGS_(n, fn, __VA_ARGS__) |                  \
			AWAIT_NAME_LENGTH(#fn) |                               \
			(AWAIT_OWNS_ANY_(n, fn, __VA_ARGS__) ?                 \
				 AWAIT_RELEASES :                              \
				 0u),                                          \
		AWAIT_OWNS_ANY_(n, fn, __VA_ARGS__) ?                          \
			AWAIT_LAYOUT_NONE :                                    \
			AWAIT_LAYOUT(sizeof(T##_value),                        \
				     AWAIT_KIND_OF_(T##_value)),               \
		T##_destroys || AWAIT_OWNS_ANY_(n, fn, __VA_ARGS__) ?          \
			AWAIT_SIZE_NONE :                                      \
			AWAIT_UINT_(fn##_await_size)                           \
	};                                                                     \
	AWAIT_END_

/* --- AWAITABLE_PART and AWAITABLE_PART_AT --- */

#define AWAIT_FIELD_OF_(whole, field) AWAIT_NONE_(whole)->value.field
#define AWAIT_WHOLE_(whole) (whole *, await_whole, await_unref, await_ref)

#define AWAIT_PART_DEFINE_(T, fn, whole, field)                                \
	AWAIT_UNUSED_ static int fn(                                           \
		__typeof__(AWAIT_FIELD_OF_(whole, field)) *await_out_,         \
		whole *await_aw_)                                              \
	{                                                                      \
		int await_rc_ = AWAIT_RC_(await_aw_);                          \
		if (await_rc_ == 0)                                            \
			*await_out_ = await_aw_->value.field;                  \
		return await_rc_;                                              \
	}                                                                      \
	AWAIT_FUNC_DEFINE_(AWAIT_STATUS_, 0u, T, fn, AWAIT_WHOLE_(whole))

#define AWAIT_PART_AT_DEFINE_(T, fn, whole, field)                             \
	AWAIT_ASSERT_(AWAIT_IS_ARRAY_(AWAIT_FIELD_OF_(whole, field)),          \
		      "AWAITABLE_PART_AT: " #field " of " #whole               \
		      " is no array");                                         \
	AWAIT_UNUSED_ static int fn(                                           \
		__typeof__(AWAIT_FIELD_OF_(whole, field)[0]) *await_out_,      \
		whole *await_aw_, size_t await_index_)                         \
	{                                                                      \
		int await_rc_ = -ERANGE;                                       \
		if (await_index_ < sizeof(await_aw_->value.field) /            \
					   sizeof(await_aw_->value.field[0]))  \
			await_rc_ = AWAIT_RC_(await_aw_);                      \
		if (await_rc_ == 0)                                            \
			*await_out_ = await_aw_->value.field[await_index_];    \
		return await_rc_;                                              \
	}                                                                      \
	AWAIT_FUNC_DEFINE_(AWAIT_STATUS_, 0u, T, fn, AWAIT_WHOLE_(whole),      \
			   (size_t, await_index))

/* SPDX-License-Identifier: MIT */
/*
 * <await/macros.h>: how <await/await.h> declares types and functions inside.
 * Not for users: nothing here is a promise.
 *
 * AWAIT_TYPE(page, struct page) declares
 *     struct await_page { struct await head; struct page value; }
 * and a constant await_page_type. AWAITABLE(page, fetch, (T, a)...) declares
 *     struct fetch_await_args   the arguments, as gdb shows them
 *     struct fetch_await_slot   where they lie
 *     fetch_await_run()         calls fetch from a slot
 *     fetch_await_release()     ends the arguments of an await without value
 *     fetch_await_func          the constant that describes all this
 *     fetch_await_new()         fills a slot
 *
 * gdb/awaitgdb/dwarf.py finds types by these names, and by the variables
 * awaited_ and args_ of fetch_await_run().
 *
 * A small value is built in a temporary and copied over the arguments when the
 * function succeeded; a large one has room of its own behind them. So the
 * arguments of a failed or running await are always whole.
 */
#pragma once

#include <await/calls.h>
#include <await/core.h>
#include <await/lists.h>

#ifdef __cplusplus
#include <type_traits>
#endif

/* Values above this many bytes do not share memory with the arguments: copying
 * them costs more than the memory. */
#define AWAIT_SHARE_MAX_ 64

/* --- one argument, p = (T, name), (T, name, release) or with a retain --- */

#define AWAIT_APPLY_(m, ...) m(__VA_ARGS__)
#define AWAIT_STRIP_(...) __VA_ARGS__
#define AWAIT_WITH_(m, fn, p) AWAIT_APPLY_(m, fn, AWAIT_STRIP_ p, ~)
#define AWAIT_BY_COUNT_(m, fn, p)                                              \
	AWAIT_WITH_(AWAIT_CAT_(m, AWAIT_COUNT_ p), fn, p)

#define AWAIT_MEMBER_(fn, p) AWAIT_WITH_(AWAIT_MEMBER2_, fn, p)
#define AWAIT_MEMBER2_(fn, T, n, ...) T n;
#define AWAIT_PARAM_(fn, p) AWAIT_WITH_(AWAIT_PARAM2_, fn, p)
#define AWAIT_PARAM2_(fn, T, n, ...) , T n
#define AWAIT_PASS_(fn, p) AWAIT_WITH_(AWAIT_PASS2_, fn, p)
#define AWAIT_PASS2_(fn, T, n, ...) args_.n
#define AWAIT_PASS_MORE_(fn, p) , AWAIT_PASS_(fn, p)

#define AWAIT_STORE_(fn, p) AWAIT_BY_COUNT_(AWAIT_STORE, fn, p)
#define AWAIT_STORE2(fn, T, n, ...) slot_->args.n = n;
#define AWAIT_STORE3(fn, T, n, release, ...) slot_->args.n = n;
#define AWAIT_STORE4(fn, T, n, release, retain, ...) slot_->args.n = retain(n);

#define AWAIT_RELEASE_(fn, p) AWAIT_BY_COUNT_(AWAIT_RELEASE, fn, p)
#define AWAIT_RELEASE2(fn, T, n, ...)
#define AWAIT_RELEASE3(fn, T, n, release, ...) release(args_->n);
#define AWAIT_RELEASE4(fn, T, n, release, retain, ...) release(args_->n);

/* Does any argument have a release hook? */
#define AWAIT_OWNS_ANY_(n, fn, ...)                                            \
	((0 AWAIT_EACH_##n##_(AWAIT_OWNS_, fn, __VA_ARGS__)) != 0)
#define AWAIT_OWNS_(fn, p) +(AWAIT_COUNT_ p > 2)

#define AWAIT_DESCRIBE_(fn, p) AWAIT_WITH_(AWAIT_DESCRIBE2_, fn, p)
#define AWAIT_DESCRIBE2_(fn, T, n, ...)                                        \
	{ #n,                                                                  \
	  #T,                                                                  \
	  (uint32_t)offsetof(struct fn##_await_args, n),                       \
	  (uint32_t)sizeof(T),                                                 \
	  AWAIT_KIND_OF_(T),                                                   \
	  0 },

/* --- the kind of a type, as a constant --- */

#ifdef __cplusplus
template <typename T> constexpr uint32_t await_kind_of_()
{
	return std::is_same<T, bool>::value	? AWAIT_KIND_BOOL :
	       std::is_floating_point<T>::value ? AWAIT_KIND_FLOAT :
	       std::is_enum<T>::value		? AWAIT_KIND_SIGNED :
	       std::is_integral<T>::value	? (std::is_signed<T>::value ?
							   AWAIT_KIND_SIGNED :
							   AWAIT_KIND_UNSIGNED) :
	       std::is_same<T, char *>::value ||
			       std::is_same<T, const char *>::value ?
					    AWAIT_KIND_STRING :
	       std::is_pointer<T>::value ? AWAIT_KIND_POINTER :
					   AWAIT_KIND_OPAQUE;
}
#define AWAIT_KIND_OF_(T) await_kind_of_<T>()
#else
/* __builtin_classify_type: 1 is an integer (here: an enum), 5 a pointer. */
#define AWAIT_KIND_OF_(T)                                                      \
	_Generic(*(T *)0,                                             \
		_Bool: AWAIT_KIND_BOOL,                               \
		char: (char)-1 < 0 ? AWAIT_KIND_SIGNED :              \
				     AWAIT_KIND_UNSIGNED,             \
		signed char: AWAIT_KIND_SIGNED,                       \
		short: AWAIT_KIND_SIGNED,                             \
		int: AWAIT_KIND_SIGNED,                               \
		long: AWAIT_KIND_SIGNED,                              \
		long long: AWAIT_KIND_SIGNED,                         \
		unsigned char: AWAIT_KIND_UNSIGNED,                   \
		unsigned short: AWAIT_KIND_UNSIGNED,                  \
		unsigned int: AWAIT_KIND_UNSIGNED,                    \
		unsigned long: AWAIT_KIND_UNSIGNED,                   \
		unsigned long long: AWAIT_KIND_UNSIGNED,              \
		float: AWAIT_KIND_FLOAT,                              \
		double: AWAIT_KIND_FLOAT,                             \
		long double: AWAIT_KIND_FLOAT,                        \
		char *: AWAIT_KIND_STRING,                            \
		const char *: AWAIT_KIND_STRING,                      \
		default: __builtin_classify_type(*(T *)0) == 5 ?      \
			AWAIT_KIND_POINTER :                          \
			__builtin_classify_type(*(T *)0) == 1 ?       \
			AWAIT_KIND_SIGNED :                           \
			AWAIT_KIND_OPAQUE)
#endif

/* --- AWAIT_TYPE --- */

#define AWAIT_UNUSED_ __attribute__((unused))

#ifdef __cplusplus
#define AWAIT_ASSERT_ static_assert
#else
#define AWAIT_ASSERT_ _Static_assert
#endif

/* <stdbool.h> makes bool a macro; its awaits are called await_bool anyway. */
#define await__Bool await_bool

#define AWAIT_TYPE_DEFINE_(T, name, ...)                                       \
	AWAIT_CAT_(AWAIT_TYPE, AWAIT_COUNT_(__VA_ARGS__))                      \
	(T, name, __VA_ARGS__)
#define AWAIT_TYPE1(T, name, W) AWAIT_TYPE_BODY_(T, name, W, #W, 0, NULL)
#define AWAIT_TYPE2(T, name, W, destroy)                                       \
	AWAIT_UNUSED_ static void T##_destroy(void *value)                     \
	{                                                                      \
		destroy((W *)value);                                           \
	}                                                                      \
	AWAIT_TYPE_BODY_(T, name, W, #W, 1, T##_destroy)

#define AWAIT_TYPE_BODY_(T, name, W, spelling, destroys, destroy)              \
	AWAIT_ASSERT_(__alignof__(W) <= 4096,                                  \
		      "awaits of " spelling ": aligned to more than a page");  \
	typedef W T##_value;                                                   \
	enum { T##_destroys = destroys };                                      \
	typedef struct T {                                                     \
		struct await head;                                             \
		T##_value value;                                               \
	} T;                                                                   \
	AWAIT_UNUSED_ static const struct await_type T##_type = {              \
		name, spelling, destroy, (uint32_t)sizeof(W),                  \
		AWAIT_KIND_OF_(W)                                              \
	};                                                                     \
	AWAIT_RUNLESS_(T, nowait, AWAIT_NOWAIT);                               \
	AWAIT_RUNLESS_(T, promise, AWAIT_PROMISE);                             \
	struct await

/* Describes awaits of T that no function runs. */
#define AWAIT_RUNLESS_(T, name, origin)                                        \
	AWAIT_UNUSED_ static const struct await_func T##_##name##_func = {     \
		#name,                                                         \
		&T##_type,                                                     \
		NULL,                                                          \
		NULL,                                                          \
		NULL,                                                          \
		0,                                                             \
		(uint32_t)offsetof(T, value),                                  \
		(uint32_t)offsetof(T, value),                                  \
		AWAIT_SLOT_SIZE_(sizeof(T), __alignof__(T)),                   \
		origin,                                                        \
		AWAIT_NAME_LENGTH(#name),                                      \
		AWAIT_LAYOUT_NONE,                                             \
		T##_destroys ? AWAIT_SIZE_NONE :                               \
			       AWAIT_SLOT_SIZE_(sizeof(T), __alignof__(T))     \
	}

/* Slots are at least 32 bytes apart, and as far as their alignment requires. */
#define AWAIT_SLOT_SIZE_(size, align)                                          \
	((uint32_t)AWAIT_ROUND_UP_(size, AWAIT_MAX_(align, 32)))
#define AWAIT_ROUND_UP_(size, to) (((size) + (to)-1) / (to) * (to))
#define AWAIT_MAX_(a, b) ((a) > (b) ? (a) : (b))

/* --- AWAITABLE --- */

#ifdef __has_attribute
#if __has_attribute(no_icf)
#define AWAIT_NO_ICF_ __attribute__((no_icf))
#endif
#endif
#ifndef AWAIT_NO_ICF_
#define AWAIT_NO_ICF_
#endif

/* __VA_ARGS__ is type, fn, arguments... */
#define AWAIT_FUNC_DEFINE_(shape, flags, ...)                                  \
	AWAIT_FUNC_COUNTED_(                                                   \
		shape, flags,                                                  \
		AWAIT_ARGC_(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1, 0, ~),        \
		__VA_ARGS__, ~)
#define AWAIT_ARGC_(type, fn, a, b, c, d, e, f, g, h, i, ...) i
#define AWAIT_FUNC_COUNTED_(shape, flags, n, type, ...)                        \
	AWAIT_FUNC_NAMED_(shape, flags, n, AWAIT_CAT_(await_, type),           \
			  __VA_ARGS__)
#define AWAIT_FUNC_NAMED_(...) AWAIT_FUNC_BODY_(__VA_ARGS__)

/* How each shape of function is called; out is where its value goes. */
#define AWAIT_CALL_STATUS(n, out, fn, ...)                                     \
	fn(&(out)AWAIT_EACH_##n##_(AWAIT_PASS_MORE_, fn, __VA_ARGS__))
#define AWAIT_CALL_VALUE(n, out, fn, ...)                                      \
	(((out) = fn(AWAIT_LIST_##n##_(AWAIT_PASS_, fn, __VA_ARGS__))), 0)

/* C has no empty structs. */
#define AWAIT_MEMBERS_0_(fn, ...) char none;
#define AWAIT_MEMBERS_1_(...) AWAIT_EACH_1_(AWAIT_MEMBER_, __VA_ARGS__)
#define AWAIT_MEMBERS_2_(...) AWAIT_EACH_2_(AWAIT_MEMBER_, __VA_ARGS__)
#define AWAIT_MEMBERS_3_(...) AWAIT_EACH_3_(AWAIT_MEMBER_, __VA_ARGS__)
#define AWAIT_MEMBERS_4_(...) AWAIT_EACH_4_(AWAIT_MEMBER_, __VA_ARGS__)
#define AWAIT_MEMBERS_5_(...) AWAIT_EACH_5_(AWAIT_MEMBER_, __VA_ARGS__)
#define AWAIT_MEMBERS_6_(...) AWAIT_EACH_6_(AWAIT_MEMBER_, __VA_ARGS__)
#define AWAIT_MEMBERS_7_(...) AWAIT_EACH_7_(AWAIT_MEMBER_, __VA_ARGS__)
#define AWAIT_MEMBERS_8_(...) AWAIT_EACH_8_(AWAIT_MEMBER_, __VA_ARGS__)

#define AWAIT_SHARES_(T) (sizeof(T##_value) <= AWAIT_SHARE_MAX_)

#define AWAIT_FUNC_BODY_(shape, flags, n, T, fn, ...)                          \
	typedef T fn##_await_of;                                               \
	struct fn##_await_args {                                               \
		AWAIT_MEMBERS_##n##_(fn, __VA_ARGS__)                          \
	};                                                                     \
	struct fn##_await_slot {                                               \
		union {                                                        \
			struct await head;                                     \
			char whole[AWAIT_SHARES_(T) ? sizeof(struct await) :   \
						      sizeof(T)];              \
		} before;                                                      \
		struct fn##_await_args args;                                   \
	};                                                                     \
	AWAIT_UNUSED_ static void fn##_await_release(void *from_)              \
	{                                                                      \
		struct fn##_await_args *args_ =                                \
			(struct fn##_await_args *)from_;                       \
		(void)args_;                                                   \
		AWAIT_EACH_##n##_(AWAIT_RELEASE_, fn, __VA_ARGS__)             \
	}                                                                      \
	AWAIT_NO_ICF_                                                          \
	__attribute__((noinline, unused)) static int fn##_await_run(           \
		struct await *aw_)                                             \
	{                                                                      \
		T *awaited_ = (T *)(void *)aw_;                                \
		struct fn##_await_args args_ =                                 \
			((struct fn##_await_slot *)(void *)aw_)->args;         \
		int rc_;                                                       \
		(void)args_;                                                   \
		if (AWAIT_SHARES_(T)) {                                        \
			T##_value value_;                                      \
			rc_ = AWAIT_CALL_##shape(n, value_, fn, __VA_ARGS__);  \
			if (rc_ == 0)                                          \
				awaited_->value = value_;                      \
		} else {                                                       \
			rc_ = AWAIT_CALL_##shape(n, awaited_->value, fn,       \
						 __VA_ARGS__);                 \
		}                                                              \
		if (AWAIT_OWNS_ANY_(n, fn, __VA_ARGS__) &&                     \
		    await_core_finish(aw_, rc_))                               \
			fn##_await_release(&args_);                            \
		return rc_;                                                    \
	}                                                                      \
	enum {                                                                 \
		fn##_await_size = AWAIT_SLOT_SIZE_(                            \
			AWAIT_MAX_(sizeof(T), sizeof(struct fn##_await_slot)), \
			AWAIT_MAX_(__alignof__(T),                             \
				   __alignof__(struct fn##_await_slot)))       \
	};                                                                     \
	AWAIT_UNUSED_ static const struct await_arg fn##_await_list[] = {      \
		AWAIT_EACH_##n##_(AWAIT_DESCRIBE_, fn,                         \
				  __VA_ARGS__){ NULL, NULL, 0, 0, 0, 0 }       \
	};                                                                     \
	AWAIT_UNUSED_ static const struct await_func fn##_await_func = {       \
		#fn,                                                           \
		&T##_type,                                                     \
		fn##_await_list,                                               \
		fn##_await_run,                                                \
		AWAIT_OWNS_ANY_(n, fn, __VA_ARGS__) ? fn##_await_release :     \
						      NULL,                    \
		n,                                                             \
		(uint32_t)offsetof(struct fn##_await_slot, args),              \
		(uint32_t)offsetof(T, value),                                  \
		fn##_await_size,                                               \
		AWAIT_LAZY,                                                    \
		(flags) | AWAIT_NAME_LENGTH(#fn) |                             \
			(AWAIT_OWNS_ANY_(n, fn, __VA_ARGS__) ?                 \
				 AWAIT_RELEASES :                              \
				 0u),                                          \
		AWAIT_OWNS_ANY_(n, fn, __VA_ARGS__) ?                          \
			AWAIT_LAYOUT_NONE :                                    \
			AWAIT_LAYOUT(sizeof(T##_value),                        \
				     AWAIT_KIND_OF_(T##_value)),               \
		T##_destroys || AWAIT_OWNS_ANY_(n, fn, __VA_ARGS__) ?          \
			AWAIT_SIZE_NONE :                                      \
			(uint32_t)fn##_await_size                              \
	};                                                                     \
	AWAIT_UNUSED_ static inline T *fn##_await_new(                         \
		const struct await_site *site_ AWAIT_EACH_##n##_(              \
			AWAIT_PARAM_, fn, __VA_ARGS__))                        \
	{                                                                      \
		struct await *aw_ = await_core_take(site_);                    \
		struct fn##_await_slot *slot_ =                                \
			(struct fn##_await_slot *)(void *)aw_;                 \
		if (!aw_)                                                      \
			return NULL;                                           \
		(void)slot_;                                                   \
		AWAIT_EACH_##n##_(AWAIT_STORE_, fn, __VA_ARGS__)               \
			await_core_publish(aw_, AWAIT_PENDING);                \
		return (T *)(void *)aw_;                                       \
	}                                                                      \
	struct await

/* --- AWAITABLE_PART --- */

#define AWAIT_PART_DEFINE_(type, fn, whole, field)                             \
	AWAIT_UNUSED_ static whole *fn##_await_hold(whole *from)               \
	{                                                                      \
		await_core_ref(AWAIT_HEAD_(from));                             \
		return from;                                                   \
	}                                                                      \
	AWAIT_UNUSED_ static void fn##_await_let_go(whole *from)               \
	{                                                                      \
		await_core_unref(AWAIT_HEAD_(from));                           \
	}                                                                      \
	AWAIT_UNUSED_ static int fn(                                           \
		__typeof__(((whole *)0)->value.field) *out, whole *from)       \
	{                                                                      \
		int rc = AWAIT_RC_(from);                                      \
		if (rc == 0)                                                   \
			*out = from->value.field;                              \
		return rc;                                                     \
	}                                                                      \
	AWAITABLE(type, fn, (whole *, from, fn##_await_let_go, fn##_await_hold))

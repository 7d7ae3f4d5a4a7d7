/* SPDX-License-Identifier: MIT */
/*
 * <await/language.h>: what <await/await.h> says differently in C and C++, to
 * gcc and clang. Not for users: nothing here is a promise.
 *
 * Programs are compiled with warnings that this project does not use, and in
 * standards older than its own: whatever is younger than C99 has __extension__
 * before it, and no cast is one that -Wcast-qual or -Wold-style-cast knows.
 */
#pragma once

#include <await/core.h>

#ifdef __cplusplus
#include <type_traits>
#endif

#define AWAIT_UNUSED_ __attribute__((__unused__))

/* The value of what has none: C has no empty structs. */
struct await_done {
	char await_none_;
};

/*
 * Between these two a call binds what users passed. Calls nest, as in
 * await_get(await_get(aw)), so their locals shadow each other; and in C clang,
 * and gcc before 14, only warn of a pointer of a wrong type. Conversions that
 * drop a const are what the user has made them. gcc 11 takes no pragma where a
 * macro passes its argument on to another, as cmocka's assertions do: it warns.
 */
#if defined(__clang__) || __GNUC__ >= 12
#define AWAIT_BIND_                                                            \
	_Pragma("GCC diagnostic push")                                         \
		_Pragma("GCC diagnostic ignored \"-Wshadow\"")                 \
			AWAIT_STRICT_ AWAIT_STRICT_CONST_ AWAIT_STRICT_C99_
#define AWAIT_BOUND_ _Pragma("GCC diagnostic pop")
#else
#define AWAIT_BIND_
#define AWAIT_BOUND_
#endif

#ifdef __cplusplus
#define AWAIT_STRICT_
#else
#define AWAIT_STRICT_                                                          \
	_Pragma("GCC diagnostic error \"-Wincompatible-pointer-types\"")       \
		_Pragma("GCC diagnostic error \"-Wint-conversion\"")
#endif

/* clang counts them among the former. It makes no error a warning. */
#if !defined(__cplusplus) && defined(__clang__)
/* clang-format off */
#define AWAIT_STRICT_CONST_                                                    \
	_Pragma("GCC diagnostic ignored \"-Wincompatible-pointer-types-discards-qualifiers\"") \
	_Pragma("GCC diagnostic warning \"-Wincompatible-pointer-types-discards-qualifiers\"")
/* clang-format on */
#else
#define AWAIT_STRICT_CONST_
#endif

/* In strict C99 glibc has a _Static_assert that declares a function. */
#if !defined(__cplusplus) && defined(_Static_assert)
#define AWAIT_STRICT_C99_                                                      \
	_Pragma("GCC diagnostic ignored \"-Wredundant-decls\"")                \
		_Pragma("GCC diagnostic ignored \"-Wnested-externs\"")
#else
#define AWAIT_STRICT_C99_
#endif

/* Warns where a result is thrown away, but for a cast to void. */
#if defined(__clang__)
#define AWAIT_NODISCARD_ __attribute__((__warn_unused_result__))
#elif defined(__cplusplus)
#define AWAIT_NODISCARD_ [[__nodiscard__]]
#else
#define AWAIT_NODISCARD_ __extension__ [[__nodiscard__]]
#endif

#ifdef __cplusplus

#define AWAIT_ASSERT_ static_assert
/* What macros that declare end in takes the semicolon behind them. */
#define AWAIT_END_ static_assert(true, "")
#define AWAIT_POINTER_(T, p) await_pointer_<T>(p)
template <typename await_t_> inline await_t_ *await_pointer_(void *p)
{
	return static_cast<await_t_ *>(p);
}
#define AWAIT_NONE_(T) static_cast<T *>(nullptr)
#define AWAIT_NULL_ nullptr
#define AWAIT_HEADS_(p) await_heads_(p)
inline struct await *const *await_heads_(const void *p)
{
	return static_cast<struct await *const *>(p);
}

/* Functions of an AWAITABLE, which may stand in a block: C++ has no functions
 * there, but classes. One without a name has no linkage, so two files may each
 * have functions of the same name. */
#define AWAIT_CODE_ static struct {
#define AWAIT_CODE_END_(fn)                                                    \
	}                                                                      \
	fn##_await_code AWAIT_UNUSED_;
#define AWAIT_CODE_AT_(fn, name) decltype(fn##_await_code)::fn##_await_##name
#define AWAIT_CODE_OF_(fn, name) fn##_await_code.await_##name
#define AWAIT_CODE_NAME_(fn, name) await_##name

/* What awaits copy, they copy as bytes. */
#define AWAIT_ASSERT_PLAIN_(T, what)                                           \
	static_assert(std::is_trivially_copyable<T>::value,                    \
		      what " is not trivially copyable: use a pointer to it");
template <typename await_t_> constexpr bool await_is_int_()
{
	return std::is_same<await_t_, int>::value ||
	       (std::is_enum<await_t_>::value &&
		sizeof(typename std::conditional<std::is_void<await_t_>::value,
						 char, await_t_>::type) ==
			sizeof(int));
}
#define AWAIT_RETURNS_INT_(call) await_is_int_<decltype(call)>()
#define AWAIT_RETURNS_NOTHING_(call) std::is_void<decltype(call)>::value
template <typename await_t_> constexpr bool await_is_array_()
{
	return std::is_array<
		typename std::remove_reference<await_t_>::type>::value;
}
#define AWAIT_IS_ARRAY_(member) await_is_array_<decltype(member)>()

/* What a call returns, or 0 where that is nothing: then this is not the comma
 * that is called. */
struct await_ok_ {
	constexpr operator int() const
	{
		return 0;
	}
};
inline int operator,(int rc, await_ok_)
{
	return rc;
}
#define AWAIT_RC_OF_(call) ((call), await_ok_())
#define AWAIT_DONE_ await_done()

/* One value of type T, from what macros have split at commas. */
#define AWAIT_ONLY_ONE_(...) static_assert(true, "")
#define AWAIT_ONE_(T, ...) await_one_<T>(__VA_ARGS__)
template <typename await_t_> inline await_t_ await_one_(await_t_ value)
{
	return value;
}

/* What a release hook gets: where (const char *, text, free, strdup) is said,
 * free() is the one to drop the const. */
template <typename await_t_> inline await_t_ await_owned_(await_t_ arg)
{
	return arg;
}
inline char *await_owned_(const char *arg)
{
	return const_cast<char *>(arg);
}
#define AWAIT_OWNED_(arg) await_owned_(arg)

/* The result of a call that has written *out, if it is 0. */
struct await_no_out_ {
};
struct await_has_out_ {
};
template <typename await_t_> await_has_out_ await_out_of_(await_t_ *out);
await_no_out_ await_out_of_(...);
inline int await_result_(int rc, await_no_out_)
{
	return rc;
}
AWAIT_NODISCARD_ inline int await_result_(int rc, await_has_out_)
{
	return rc;
}
#define AWAIT_RESULT_(out, rc) await_result_(rc, decltype(await_out_of_(out))())

template <typename await_t_> constexpr uint32_t await_kind_of_()
{
	return std::is_same<await_t_, bool>::value ?
		       AWAIT_KIND_BOOL :
	       std::is_same<await_t_, await_done>::value ?
		       AWAIT_KIND_DONE :
	       std::is_floating_point<await_t_>::value ?
		       AWAIT_KIND_FLOAT :
	       std::is_enum<await_t_>::value ?
		       AWAIT_KIND_SIGNED :
	       std::is_integral<await_t_>::value ?
		       (std::is_signed<await_t_>::value ? AWAIT_KIND_SIGNED :
							  AWAIT_KIND_UNSIGNED) :
	       std::is_same<await_t_, char *>::value ||
			       std::is_same<await_t_, const char *>::value ?
		       AWAIT_KIND_STRING :
	       std::is_pointer<await_t_>::value ? AWAIT_KIND_POINTER :
						  AWAIT_KIND_OPAQUE;
}
#define AWAIT_KIND_OF_(T) await_kind_of_<T>()

#else

#define AWAIT_ASSERT_ __extension__ _Static_assert
#define AWAIT_END_ struct await_end_
#define AWAIT_POINTER_(T, p) ((T *)(void *)(p))
#define AWAIT_NONE_(T) ((T *)0)
#define AWAIT_NULL_ NULL
#define AWAIT_HEADS_(p) ((struct await *const *)(const void *)(p))

#define AWAIT_CODE_
#define AWAIT_CODE_END_(fn)
#define AWAIT_CODE_AT_(fn, name) fn##_await_##name
#define AWAIT_CODE_OF_(fn, name) fn##_await_##name
#define AWAIT_CODE_NAME_(fn, name) fn##_await_##name

#define AWAIT_ASSERT_PLAIN_(T, what)
/* __builtin_classify_type: 1 is an integer. An enum is an unsigned int. */
#define AWAIT_RETURNS_INT_(call)                                               \
	(__builtin_types_compatible_p(__typeof__(call), int) ||                \
	 __builtin_types_compatible_p(__typeof__(call), unsigned))
#define AWAIT_RETURNS_NOTHING_(call)                                           \
	__builtin_types_compatible_p(__typeof__(call), void)
#define AWAIT_IS_ARRAY_(member)                                                \
	(!__builtin_types_compatible_p(__typeof__(member),                     \
				       __typeof__(&(member)[0])))
#define AWAIT_RC_OF_(call)                                                     \
	__builtin_choose_expr(AWAIT_RETURNS_NOTHING_(call), ((void)(call), 0), \
			      (call))
#define AWAIT_DONE_ ((struct await_done){ 0 })

/* As it takes one argument, of any type. */
#define AWAIT_ONLY_ONE_(...)                                                   \
	AWAIT_ASSERT_(sizeof(__builtin_constant_p(__VA_ARGS__)) != 0, "")
#define AWAIT_ONE_(T, ...) (__VA_ARGS__)

static inline char *await_owned_(const void *arg)
{
	char *string;

	__builtin_memcpy(&string, arg, sizeof(string));
	return string;
}
#define AWAIT_OWNED_(arg)                                                      \
	__extension__ _Generic((arg), const char *                             \
			       : await_owned_(&(arg)), default                 \
			       : (arg))

static inline int await_result_(int rc)
{
	return rc;
}
AWAIT_NODISCARD_ static inline int await_checked_(int rc)
{
	return rc;
}
/* NULL is a void *, 0 an int. */
#define AWAIT_RESULT_(out, rc)                                                 \
	__extension__ _Generic((out), void *                                   \
			       : await_result_, int                            \
			       : await_result_, default                        \
			       : await_checked_)(rc)

/* __builtin_classify_type: 1 is an integer (here: an enum), 5 a pointer. */
#define AWAIT_KIND_OF_(T)                                                      \
	__extension__ _Generic(*(T *)0,                                        \
		_Bool: AWAIT_KIND_BOOL,                                        \
		char: (char)-1 < 0 ? AWAIT_KIND_SIGNED :                       \
				     AWAIT_KIND_UNSIGNED,                      \
		signed char: AWAIT_KIND_SIGNED,                                \
		short: AWAIT_KIND_SIGNED,                                      \
		int: AWAIT_KIND_SIGNED,                                        \
		long: AWAIT_KIND_SIGNED,                                       \
		long long: AWAIT_KIND_SIGNED,                                  \
		unsigned char: AWAIT_KIND_UNSIGNED,                            \
		unsigned short: AWAIT_KIND_UNSIGNED,                           \
		unsigned int: AWAIT_KIND_UNSIGNED,                             \
		unsigned long: AWAIT_KIND_UNSIGNED,                            \
		unsigned long long: AWAIT_KIND_UNSIGNED,                       \
		float: AWAIT_KIND_FLOAT,                                       \
		double: AWAIT_KIND_FLOAT,                                      \
		long double: AWAIT_KIND_FLOAT,                                 \
		char *: AWAIT_KIND_STRING,                                     \
		const char *: AWAIT_KIND_STRING,                               \
		struct await_done: AWAIT_KIND_DONE,                            \
		default: __builtin_classify_type(*(T *)0) == 5 ?               \
			AWAIT_KIND_POINTER :                                   \
			__builtin_classify_type(*(T *)0) == 1 ?                \
			AWAIT_KIND_SIGNED :                                    \
			AWAIT_KIND_OPAQUE)
#endif

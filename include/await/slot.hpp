/* SPDX-License-Identifier: MIT */
/*
 * <await/slot.hpp>: what the slot of a C++ await holds, for <await/await.hpp>.
 * Not for users: nothing here is a promise.
 *
 *     head        as in C
 *     value       or, before there is one, the exception that is kept: a null
 *                 pointer at first. Beside a large value it has room of its
 *                 own, as then the function builds its value in place, and may
 *                 leave by longjmp() half-way.
 *     function    unless it is an empty object, as of a lambda without captures
 *     arguments   behind it
 *
 * Function and arguments are objects where they are until the run that has
 * succeeded destroys them, before the value is published; or until the await
 * ends. A failure is final: that is what makes one exception enough.
 *
 * gdb/awaitgdb/dwarf.py finds types by the variables await_awaited_ and
 * await_args_ of run() and release().
 */
#pragma once

#include <await/calls.h>
#include <await/core.h>
#include <await/macros.h>
#include <await/place.hpp>
#include <await/spelling.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#ifdef __cpp_exceptions
#define AWAIT_THROWS_ 1
#define AWAIT_TRY_ try
#define AWAIT_CATCH_ catch (...)
#define AWAIT_RETHROW_ throw
#else
#define AWAIT_THROWS_ 0
#define AWAIT_TRY_ if constexpr (true)
#define AWAIT_CATCH_ else
#define AWAIT_RETHROW_ std::abort()
#endif

/* Calls that traces report are inlined into the user's function. What is
 * artificial, debuggers and reports take for a part of the caller's line. */
#define AWAIT_INLINE_ __attribute__((__always_inline__, __artificial__)) inline

/* The slot of an await of a T, as C's AWAIT_TYPE declares one: all macros of
 * <await/await.h> that take a handle take this, too. Never constructed. */
template <class T> struct await::handle {
	struct await head;
	T value;
};

template <> struct await::handle<void> {
	struct await head;
};

namespace AWAIT_HIDDEN_ await_cxx
{
/* Of a reference a pointer is kept. */
template <class T>
using kept_t =
	std::conditional_t<std::is_reference_v<T>,
			   std::add_pointer_t<std::remove_reference_t<T>>, T>;
template <class T> using handle_t = await::handle<kept_t<T>>;

constexpr std::size_t round_up(std::size_t size, std::size_t to)
{
	return (size + to - 1) / to * to;
}

constexpr std::size_t larger(std::size_t a, std::size_t b)
{
	return a > b ? a : b;
}

template <class V> struct object {
	static constexpr std::size_t size = sizeof(V), align = alignof(V);
	static constexpr bool is_plain = std::is_trivially_destructible_v<V>;
	static constexpr uint32_t layout =
		AWAIT_LAYOUT(sizeof(V), await_kind_of_<V>());
};

template <> struct object<void> {
	static constexpr std::size_t size = 0, align = 1;
	static constexpr bool is_plain = true;
	static constexpr uint32_t layout = AWAIT_LAYOUT(0, AWAIT_KIND_OPAQUE);
};

/* --- function and arguments --- */

struct no_args {
	static constexpr std::size_t count = 0, size = 0, align = 1;
};

template <class First, class... More> struct args_of {
	First first;
	args_of<More...> more;

	template <class A, class... B>
	explicit args_of(A &&one, B &&...others)
	    : first(std::forward<A>(one)), more(std::forward<B>(others)...)
	{
	}
};

template <class Last> struct args_of<Last> {
	Last first;

	template <class A>
	explicit args_of(A &&one) : first(std::forward<A>(one))
	{
	}
};

/* Where the n-th lies, as the compiler places members. */
template <std::size_t N, class First, class... More>
constexpr std::size_t offset_of()
{
	if constexpr (N == 0)
		return 0;
	else
		return round_up(sizeof(First), alignof(args_of<More...>)) +
		       offset_of<N - 1, More...>();
}

template <std::size_t N, class Args> auto &argument(Args &args)
{
	if constexpr (N == 0)
		return args.first;
	else
		return argument<N - 1>(args.more);
}

/* An object that is its type and nothing else. */
template <class F>
constexpr bool is_stateless = std::is_empty_v<F>
	&&std::is_trivially_copyable_v<F> &&std::is_trivially_destructible_v<F>;

/* --- descriptors --- */

/* How C++ calls the arguments, which have no names. */
constexpr const char *arg_names[] = { "_1", "_2", "_3", "_4",
				      "_5", "_6", "_7", "_8" };

template <class A>
constexpr struct await_arg describe(const char *name, std::size_t offset)
{
	return { name,
		 spelling<A>.data(),
		 static_cast<uint32_t>(offset),
		 static_cast<uint32_t>(sizeof(A)),
		 await_kind_of_<A>(),
		 0 };
}

/* The value has ended, and its thread may not have been this one. */
template <class T> void destroy(void *value)
{
	using V = kept_t<T>;
	V *await_value_ = static_cast<V *>(value);
	char *slot = static_cast<char *>(value) -
		     round_up(sizeof(struct await), alignof(V));

	AWAIT_TSAN_ACQUIRE_(slot);
	await_value_->~V();
	AWAIT_TSAN_RELEASE_(slot);
	(void)slot;
}

template <class T> constexpr void (*destroyer())(void *)
{
	if constexpr (object<kept_t<T>>::is_plain)
		return nullptr;
	else
		return destroy<T>;
}

template <class T>
inline constexpr struct await_type type_of = {
	spelling<T>.data(), spelling<T>.data(), destroyer<T>(),
	static_cast<uint32_t>(object<kept_t<T>>::size),
	object<kept_t<T>>::layout & 7
};

/* Where things are in a slot. */
template <class T> struct slot_of {
	using V = kept_t<T>;
	static_assert(object<V>::align <= 4096,
		      "await::lazy<T>: T is aligned to more than a page");
	/* As in C: copying a larger one costs more than the memory. */
	static constexpr bool shares = object<V>::size <= AWAIT_SHARE_MAX_;
	static constexpr std::size_t value =
		round_up(sizeof(struct await), object<V>::align);
	static constexpr std::size_t thrown =
		shares ? value :
			 round_up(value + object<V>::size,
				  alignof(std::exception_ptr));
	static constexpr std::size_t end = larger(
		value + object<V>::size, thrown + sizeof(std::exception_ptr));

	static void *at(struct await *aw, std::size_t offset)
	{
		return reinterpret_cast<char *>(aw) + offset;
	}
	static std::exception_ptr *thrown_in(struct await *aw)
	{
		return static_cast<std::exception_ptr *>(at(aw, thrown));
	}
	static void make_thrown(struct await *aw)
	{
		::new (at(aw, thrown)) std::exception_ptr;
	}
};

constexpr uint32_t slot_size(std::size_t end, std::size_t align)
{
	return static_cast<uint32_t>(
		round_up(end, larger(align, AWAIT_CACHE_STEP_)));
}

template <class T>
constexpr struct await_func
func_of(const char *name, enum await_origin origin, int (*run)(struct await *),
	void (*release)(void *), const struct await_arg *args,
	std::size_t arg_count, std::size_t args_offset, std::size_t end,
	std::size_t align, bool is_plain)
{
	const uint32_t size = slot_size(end, align);
	const std::size_t length = std::string_view(name).size();

	return { name,
		 &type_of<T>,
		 args,
		 run,
		 release,
		 static_cast<uint32_t>(arg_count),
		 static_cast<uint32_t>(args_offset),
		 static_cast<uint32_t>(slot_of<T>::value),
		 size,
		 origin,
		 AWAIT_STICKY | AWAIT_OF_CXX |
			 (length < 100 ? static_cast<uint32_t>(length)
						 << AWAIT_NAME_SHIFT :
					 0u),
		 run ? object<kept_t<T>>::layout : AWAIT_LAYOUT_NONE,
		 is_plain && object<kept_t<T>>::is_plain ? size :
							   AWAIT_SIZE_NONE };
}
} // namespace await_cxx

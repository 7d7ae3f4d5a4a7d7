/* SPDX-License-Identifier: MIT */
/*
 * <await/cxx.hpp>: what <await/core.h> is made of where a C++ compiler reads
 * it. Not for users: nothing here is a promise.
 *
 * `await` is the struct of every await's head, in both languages; so what C++
 * programs call await::lazy<T> is a member of it, and no namespace.
 * <await/await.hpp> defines what is declared here.
 */
#pragma once

#include <atomic>
#include <stdint.h>
#include <type_traits>

#define AWAIT_ATOMIC(T) std::atomic<T>
#define AWAIT_UINT_(n) await_uint_(n)
constexpr uint32_t await_uint_(unsigned long long n)
{
	return static_cast<uint32_t>(n);
}

#if __cplusplus < 201703L

#define AWAIT_CXX_NAMES_

#else

/* What an object file has of this is its own, as C's statics are: so a plugin
 * can be unloaded. Before the name of a namespace. */
#define AWAIT_HIDDEN_ [[gnu::visibility("hidden")]]

/* Of constructors: clang does as the class says. */
#ifdef __clang__
#define AWAIT_NODISCARD_MADE_
#else
#define AWAIT_NODISCARD_MADE_ [[__nodiscard__]]
#endif

/* What a function with those arguments returns, or a type that the
 * constructor of a lazy refuses in one line. */
template <class await_f_, class... await_a_> struct await_result_of_ {
	template <class await_g_>
	static auto of(int)
		-> std::invoke_result_t<await_g_, std::decay_t<await_a_>...>;
	template <class await_g_> static auto of(...) -> int;
	using type = decltype(of<std::decay_t<await_f_>>(0));
};

#define AWAIT_CXX_NAMES_                                                       \
	template <class await_t_> class lazy;                                  \
	template <class await_f_, class... await_a_>                           \
	lazy(await_f_, await_a_...) -> lazy<                                   \
		typename await_result_of_<await_f_, await_a_...>::type>;       \
	template <class await_t_> class promise;                               \
	template <class await_t_> struct handle;                               \
	class failure;                                                         \
	/* As a default argument: where the caller is. */                      \
	struct place {                                                         \
		const char *file, *function;                                   \
		unsigned line;                                                 \
		static constexpr place                                         \
		here(const char *in_file = __builtin_FILE(),                   \
		     const char *in_function = __builtin_FUNCTION(),           \
		     unsigned at_line = __builtin_LINE())                      \
		{                                                              \
			return { in_file, in_function, at_line };              \
		}                                                              \
	};                                                                     \
	template <class await_t_>                                              \
	static lazy<std::decay_t<await_t_>> ready(await_t_ &&value,            \
						  place at = place::here());   \
	static lazy<void> ready(place at = place::here());                     \
	template <class... await_l_>                                           \
	static int wait_all(const await_l_ &...lazies);

#endif

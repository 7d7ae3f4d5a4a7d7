/* SPDX-License-Identifier: MIT */
/*
 * <await/calls.hpp>: what the calls of <await/await.hpp> are made of. Not for
 * users: nothing here is a promise.
 */
#pragma once

#include <await/code.hpp>
#include <await/inspect.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <string>
#include <system_error>

namespace AWAIT_HIDDEN_ await_cxx
{
template <class T, class F, class... A>
using code_of = code<AWAIT_THROWS_, T, std::decay_t<F>, std::decay_t<A>...>;

/* --- what is refused, each in one line --- */

template <class T> constexpr bool is_value()
{
	if constexpr (std::is_void_v<T> || std::is_lvalue_reference_v<T>)
		return true;
	else
		return std::is_object_v<T> && !std::is_array_v<T> &&
		       std::is_move_constructible_v<T> &&
		       std::is_destructible_v<T>;
}

template <class T> constexpr bool is_checked_value()
{
	static_assert(is_value<T>(),
		      "await::lazy<T>: T cannot be moved: make it a pointer "
		      "to what cannot, or a reference");
	return is_value<T>();
}

template <class T, class R> constexpr bool is_returned_as()
{
	if constexpr (std::is_void_v<T>)
		return true;
	else if constexpr (std::is_reference_v<T>)
		return std::is_reference_v<R> && std::is_convertible_v<R, T>;
	else
		return std::is_same_v<T, R> || std::is_convertible_v<R, T>;
}

template <class T, class F, class... A> constexpr bool is_checked()
{
	if constexpr (!is_checked_value<T>()) {
		return false;
	} else if constexpr (!std::is_constructible_v<std::decay_t<F>, F> ||
			     !(std::is_constructible_v<std::decay_t<A>, A> &&
			       ...)) {
		static_assert(sizeof(slot_of<T>) == 0,
			      "await::lazy: the function, or an argument, "
			      "cannot be copied: std::move() it");
		return false;
	} else if constexpr (!std::is_invocable_v<std::decay_t<F>,
						  std::decay_t<A>...>) {
		static_assert(sizeof(slot_of<T>) == 0,
			      "await::lazy: the function takes other arguments "
			      "(it gets copies as rvalues: std::ref() passes a "
			      "reference)");
		return false;
	} else {
		constexpr bool fits = is_returned_as<
			T, std::invoke_result_t<std::decay_t<F>,
						std::decay_t<A>...>>();

		static_assert(fits, "await::lazy<T>: what the function returns "
				    "is no T");
		return fits;
	}
}

/* Whether H is a struct as AWAIT_TYPE declares, of a V. */
template <class H, class V> constexpr bool is_handle_of()
{
	if constexpr (std::is_same_v<H, struct await>)
		return true; /* each wait compares the layout */
	else if constexpr (std::is_void_v<V>)
		return std::is_same_v<decltype(H::head), struct await>;
	else
		return std::is_same_v<decltype(H::value), V>;
}

/* --- making --- */

#if AWAIT_THROWS_
[[noreturn]] __attribute__((__noinline__, __cold__)) inline void no_memory()
{
	throw std::bad_alloc();
}
#endif

AWAIT_INLINE_ struct await *told(struct await *aw)
{
	if (__builtin_expect(aw == nullptr, 0)) {
#if AWAIT_THROWS_
		no_memory();
#endif
		return nullptr;
	}
	if (await_core_armed())
		aw = await_core_created(aw);
	AWAIT_NO_TAIL_CALL_();
	return aw;
}

/* --- waiting --- */

template <class T> decltype(auto) value(struct await *aw)
{
	if constexpr (std::is_void_v<T>)
		return;
	else if constexpr (std::is_reference_v<T>)
		return static_cast<T>(*await_pointer_<handle_t<T>>(aw)->value);
	else
		return static_cast<const T &>(
			await_pointer_<handle_t<T>>(aw)->value);
}

inline std::string described(const struct await *aw)
{
	char line[256];

	await_core_describe(aw, line, sizeof(line));
	return line;
}

/* Of a wait that returned rc. failure: await::failure, not yet defined.
 */
template <class T, class failure = await::failure>
[[noreturn]] __attribute__((__noinline__, __cold__)) void
throw_failure(struct await *aw, int rc, const await::place &at)
{
#if AWAIT_THROWS_
	/* Only then it has surely not ended, and its failure is final.
	 */
	if (rc == -EOWNERDEAD && await_core_state(aw) == AWAIT_FAILED &&
	    aw->site->func->flags & AWAIT_OF_CXX) {
		const std::exception_ptr thrown = *slot_of<T>::thrown_in(aw);

		if (thrown)
			std::rethrow_exception(thrown);
	}
	(void)at;
	throw failure(rc, aw);
#else
	await_core_die(aw, rc, at.file, static_cast<int>(at.line));
#endif
}

/* So long from now, in CLOCK_MONOTONIC's time; at most some centuries.
 */
template <class Rep, class Period>
struct timespec deadline(const std::chrono::duration<Rep, Period> &left)
{
	using std::chrono::nanoseconds;
	using std::chrono::seconds;
	using longest = std::chrono::duration<double>;
	constexpr double most = 1e10, second = 1e9;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (left <= left.zero())
		return now;
	if (longest(left).count() >= most)
		return { now.tv_sec + static_cast<time_t>(most), now.tv_nsec };
	const auto whole = std::chrono::duration_cast<seconds>(left);
	const auto rest = std::chrono::ceil<nanoseconds>(left - whole);

	now.tv_sec += static_cast<time_t>(whole.count());
	now.tv_nsec += static_cast<long>(rest.count());
	if (now.tv_nsec >= static_cast<long>(second)) {
		now.tv_sec++;
		now.tv_nsec -= static_cast<long>(second);
	}
	return now;
}

/* --- AWAIT_LAZY --- */

/* "fetch" of "fetch, path, 1"; or none, where that is no name. */
constexpr std::size_t name_length(std::string_view text)
{
	const std::size_t length = std::min(text.find(','), text.size());

	for (const char letter : text.substr(0, length))
		if (!(letter == '_' || letter == ':' ||
		      (letter >= 'a' && letter <= 'z') ||
		      (letter >= 'A' && letter <= 'Z') ||
		      (letter >= '0' && letter <= '9')))
			return 0;
	return length;
}

template <std::size_t N>
constexpr std::size_t append(std::array<char, N> &to, std::size_t at,
			     std::string_view text)
{
	for (const char letter : text)
		if (at + 1 < N)
			to[at++] = letter;
	return at;
}

/* The name of a function that is passed at a Tag: its own, or as
 * give_name() makes one. */
template <class Tag, class Code> constexpr auto name_at()
{
	std::array<char, 64> name{};
	const std::string_view text = Tag::text();
	const std::size_t length = name_length(text);

	if (length > 0) {
		append(name, 0, text.substr(0, length));
	} else if (!Code::kind()) {
		append(name, 0, Code::default_name());
	} else {
		char digits[10] = {};
		std::size_t at = append(name, 0, Tag::function()), count = 0;

		at = append(name, at, "::");
		at = append(name, at, Code::kind());
		at = append(name, at, ":");
		for (unsigned line = Tag::line(); line > 0; line /= 10)
			digits[count++] = static_cast<char>('0' + line % 10);
		while (count > 0)
			at = append(name, at, { &digits[--count], 1 });
	}
	return name;
}

/* The descriptors of one AWAIT_LAZY. */
template <class Tag, class Code> struct at_tag {
	static constexpr auto name = name_at<Tag, Code>();
	static inline const struct await_func func =
		Code::describe_func(name.data());
	static inline const struct await_site site = { &func, Tag::file(),
						       Tag::function(),
						       Tag::line(), 0 };
};
} // namespace await_cxx

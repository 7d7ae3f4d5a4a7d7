/* SPDX-License-Identifier: MIT */
/*
 * <await/promise.hpp>: awaits that have no function, waiting for many, and
 * AWAIT_LAZY, for <await/await.hpp>, which includes it.
 *
 *     await::lazy<int> known = await::ready(33);
 *
 *     await::promise<int> promise;
 *     std::thread worker([lazy = promise.get_lazy()] { use(lazy.get()); });
 *     promise.resolve(42);
 *
 *     int rc = await::wait_all(front, back, lazies);
 */
#pragma once

#include <await/await.hpp>

#include <functional>
#include <tuple>

/*
 * Settles an await, once, from any thread: the one that has the promise, which
 * can be moved. If that ends before, the await is cancelled.
 *
 * All are 0, or -EALREADY: it was settled or cancelled, that stays; -EINVAL:
 * the promise was moved from, or the error is not
 * negative.
 */
template <class T> class await::promise
{
	using outside = await_cxx::outside<T>;
	using slot = await_cxx::slot_of<T>;
	using kept = await_cxx::kept_t<T>;

      public:
	AWAIT_INLINE_ promise(place at = place::here()) : lazy_(made(at))
	{
	}
	promise(promise &&) noexcept = default;
	AWAIT_INLINE_ promise &operator=(promise &&other)
	{
		if (lazy_)
			lazy_.cancel();
		lazy_ = std::move(other.lazy_);
		return *this;
	}
	AWAIT_INLINE_ ~promise()
	{
		if (lazy_)
			lazy_.cancel();
	}

	/* One more reference to its await. */
	lazy<T> get_lazy() const noexcept
	{
		return lazy_;
	}

	/* Gives it its value, made of the arguments. If that throws, the
	 * exception is what the await gets, and this returns -EOWNERDEAD. */
	template <class... A> AWAIT_INLINE_ int resolve(A &&...arguments)
	{
		struct await *const aw = lazy_.aw_;
		int rc = claim();

		if (rc != 0)
			return rc;
		AWAIT_TRY_
		{
			store(std::forward<A>(arguments)...);
			AWAIT_TSAN_RELEASE_(aw);
		}
		AWAIT_CATCH_
		{
			await_cxx::keep_exception<T>(aw);
			rc = -EOWNERDEAD;
		}
		await_core_settle(aw, rc);
		AWAIT_NO_TAIL_CALL_();
		return rc;
	}

	/* Lets it fail for good. */
	AWAIT_INLINE_ int reject(int failed)
	{
		const int rc = failed < 0 ? claim() : -EINVAL;

		if (rc == 0)
			await_core_settle(AWAIT_TSAN_RELEASED_(lazy_.aw_),
					  failed);
		AWAIT_NO_TAIL_CALL_();
		return rc;
	}
	/* The same, with an exception for get(). */
	AWAIT_INLINE_ int reject(std::exception_ptr thrown)
	{
		const int rc = thrown ? claim() : -EINVAL;

		if (rc == 0) {
			*slot::thrown_in(lazy_.aw_) = std::move(thrown);
			await_core_settle(AWAIT_TSAN_RELEASED_(lazy_.aw_),
					  -EOWNERDEAD);
		}
		AWAIT_NO_TAIL_CALL_();
		return rc;
	}

      private:
	lazy<T> lazy_;

	AWAIT_INLINE_ static lazy<T> made(const place &at)
	{
		if constexpr (await_cxx::is_checked_value<T>()) {
			struct await *aw = outside::make(await_cxx::site_at(
				outside::promise_places, at));

			if (aw)
				await_core_publish(aw, AWAIT_PENDING);
			return lazy<T>::adopt(await_cxx::told(aw));
		}
	}
	int claim()
	{
		struct await *const aw = lazy_.aw_;

		return AWAIT_TSAN_WAITED_(
			await_core_claim_promise(aw, lazy<T>::layout), aw);
	}
	template <class... A> void store(A &&...arguments)
	{
		await_cxx::build<T>(lazy_.aw_, [&]() -> T {
			if constexpr (std::is_reference_v<T>)
				return std::get<0>(std::tie(arguments...));
			else
				return T(std::forward<A>(arguments)...);
		});
	}
};

template <class T>
AWAIT_INLINE_ await::lazy<std::decay_t<T>> await::ready(T &&value, place at)
{
	using V = std::decay_t<T>;
	using outside = await_cxx::outside<V>;

	if constexpr (await_cxx::is_checked_value<V>()) {
		struct await *aw = outside::make(
			await_cxx::site_at(outside::ready_places, at));

		if (aw) {
			AWAIT_TRY_
			{
				::new (await_cxx::slot_of<V>::at(
					aw, await_cxx::slot_of<V>::value))
					V(std::forward<T>(value));
			}
			AWAIT_CATCH_
			{
				await_cxx::give_up(aw);
				AWAIT_RETHROW_;
			}
			await_core_publish(aw, AWAIT_RESOLVED);
		}
		return lazy<V>::adopt(await_cxx::told(aw));
	}
}

AWAIT_INLINE_ await::lazy<void> await::ready(place at)
{
	using outside = await_cxx::outside<void>;
	struct await *aw =
		outside::make(await_cxx::site_at(outside::ready_places, at));

	if (aw)
		await_core_publish(aw, AWAIT_RESOLVED);
	return lazy<void>::adopt(await_cxx::told(aw));
}

namespace AWAIT_HIDDEN_ await_cxx
{
template <class L> struct is_lazy : std::false_type {
};
template <class T> struct is_lazy<await::lazy<T>> : std::true_type {
};

/* Waits for one, or for all of a range; stores the first error. */
template <class L> AWAIT_INLINE_ void wait_for_all(const L &lazies, int &first)
{
	if constexpr (is_lazy<L>::value) {
		const int rc = lazies.wait();

		if (first == 0)
			first = rc;
	} else {
		for (const auto &each : lazies) {
			const int rc = each.wait();

			if (first == 0)
				first = rc;
		}
	}
}

/* For AWAIT_LAZY. */
template <class Tag, class F, class... A>
[[nodiscard]] AWAIT_INLINE_ auto lazily(Tag, F &&function, A &&...arguments)
{
	using T = typename await_result_of_<F, A...>::type;
	using code = code_of<T, F, A...>;

	if constexpr (is_checked<T, F, A...>())
		return await::lazy<T>::adopt(told(code::make(
			&at_tag<Tag, code>::site, std::forward<F>(function),
			std::forward<A>(arguments)...)));
	else
		return await::lazy<T>();
}
} // namespace await_cxx

/* Waits for each of them, lazies of any types and ranges of such, one after
 * the other, also after one has failed. 0, or the first failure's error. */
template <class... L> AWAIT_INLINE_ int await::wait_all(const L &...lazies)
{
	int first = 0;

	(await_cxx::wait_for_all(lazies, first), ...);
	return first;
}

template <class T> struct std::hash<await::lazy<T>> {
	std::size_t operator()(const await::lazy<T> &lazy) const noexcept
	{
		return std::hash<const void *>()(lazy.handle());
	}
};

/*
 * AWAIT_LAZY(function, arguments...) is an await::lazy of what the function
 * returns, in a function of yours. Its name is the await's; and its place is a
 * constant, as awaitable()'s is.
 */
#define AWAIT_LAZY(...)                                                        \
	::await_cxx::lazily(                                                   \
		__extension__({                                                \
			AWAIT_BIND_                                            \
			static constexpr const char *await_function_ =         \
				__func__;                                      \
			struct await_tag_ {                                    \
				static constexpr const char *text()            \
				{                                              \
					return #__VA_ARGS__;                   \
				}                                              \
				static constexpr const char *file()            \
				{                                              \
					return __FILE__;                       \
				}                                              \
				static constexpr const char *function()        \
				{                                              \
					return await_function_;                \
				}                                              \
				static constexpr unsigned line()               \
				{                                              \
					return __LINE__;                       \
				}                                              \
			};                                                     \
			AWAIT_BOUND_                                           \
			await_tag_();                                          \
		}),                                                            \
		__VA_ARGS__)

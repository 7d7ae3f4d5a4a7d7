/* SPDX-License-Identifier: MIT */
/*
 * <await/await.hpp>: awaits of C++17 and later, of any value that can be moved.
 *
 *     #include <await/await.hpp>
 *
 *     await::lazy<page> front([path] { return fetch(path); });
 *     await::lazy<page> back(fetch, "/etc/hosts");
 *     auto other = AWAIT_LAZY(fetch, "/etc/motd");
 *
 *     use(front.get());            // runs the lambda here
 *     int lines = front.get().lines; // a cached hit
 *
 * These are the awaits of <await/await.h>: one run, by the first wait, on its
 * thread and stack; others block meanwhile; debuggers, traces, tests and tools
 * see them. What differs:
 *
 *  - A function returns its value, or throws. An exception is kept and is
 *    thrown again by each get(); the failure is final, and -EOWNERDEAD to
 *    wait(), to C and to tools. So is that of a function which is left by
 *    longjmp() or pthread_exit().
 *  - Function and arguments are kept as std::thread keeps them: copied or moved
 *    in, and passed on as rvalues; std::ref() for a reference. They end when
 *    the value is there, before others see it, or with the await.
 *  - A lazy is a counted reference: copies share the await.
 *
 * `await` is the struct at the head of each await, also in C++; so there is no
 * `using namespace await`. Without exceptions (-fno-exceptions) get() says what
 * is wrong and aborts, as await_get() does, and a lazy that finds no memory is
 * null. RTTI is not needed.
 *
 * Threads and signal handlers: as <await/await.h>. Errors are 0 or a negative
 * errno, those of await_wait() and others there; std::error_code(-rc,
 * std::generic_category()) is one as C++ has it.
 */
#pragma once

#if !defined(__cplusplus) || __cplusplus < 201703L
#error <await/await.hpp> is for C++17 and later
#endif

#include <await/await.h>
#include <await/calls.hpp>

#include <chrono>
#include <cstddef>
#include <system_error>
#include <utility>

/* What get() throws where no exception was kept: the wait's error, and the line
 * of await_describe() about the await. */
class __attribute__((__visibility__("default"))) await::failure
    : public std::system_error
{
      public:
	failure(int rc, const struct await *aw)
	    : std::system_error(rc < 0 ? -rc : rc, std::generic_category(),
				await_cxx::described(aw)),
	      rc_(rc)
	{
	}
	/* What wait() returned. */
	int error() const noexcept
	{
		return rc_;
	}

      private:
	int rc_;
};

/*
 * A reference to an await of a T: any type that can be moved, also one that is
 * over-aligned; or void, or U &. Null by default.
 */
template <class T> class [[nodiscard]] await::lazy
{
	using kept = await_cxx::kept_t<T>;
	using object = await_cxx::object<kept>;
	using slot = await_cxx::slot_of<T>;
	template <class F>
	using if_function = std::enable_if_t<
		!std::is_same_v<std::decay_t<F>, lazy> &&
			!std::is_same_v<std::decay_t<F>, std::nullptr_t>,
		int>;

      public:
	using value_type = T;

	constexpr lazy() noexcept = default;
	constexpr lazy(std::nullptr_t) noexcept
	{
	}

	/*
	 * An await of function(arguments...), up to eight of them. Runs
	 * nothing. Throws std::bad_alloc, or what copying the arguments throws.
	 */
	template <class F, if_function<F> = 0>
	AWAIT_NODISCARD_MADE_
		AWAIT_INLINE_ explicit lazy(F &&f, place at = place::here())
	    : aw_(made<F>(at, f))
	{
	}
	template <class F, class A>
	AWAIT_NODISCARD_MADE_
		AWAIT_INLINE_ explicit lazy(F &&f, A &&a,
					    place at = place::here())
	    : aw_(made<F, A>(at, f, a))
	{
	}
	template <class F, class A, class B>
	AWAIT_NODISCARD_MADE_
		AWAIT_INLINE_ explicit lazy(F &&f, A &&a, B &&b,
					    place at = place::here())
	    : aw_(made<F, A, B>(at, f, a, b))
	{
	}
	template <class F, class A, class B, class C>
	AWAIT_NODISCARD_MADE_
		AWAIT_INLINE_ explicit lazy(F &&f, A &&a, B &&b, C &&c,
					    place at = place::here())
	    : aw_(made<F, A, B, C>(at, f, a, b, c))
	{
	}
	template <class F, class A, class B, class C, class D>
	AWAIT_NODISCARD_MADE_
		AWAIT_INLINE_ explicit lazy(F &&f, A &&a, B &&b, C &&c, D &&d,
					    place at = place::here())
	    : aw_(made<F, A, B, C, D>(at, f, a, b, c, d))
	{
	}
	template <class F, class A, class B, class C, class D, class E>
	AWAIT_NODISCARD_MADE_
		AWAIT_INLINE_ explicit lazy(F &&f, A &&a, B &&b, C &&c, D &&d,
					    E &&e, place at = place::here())
	    : aw_(made<F, A, B, C, D, E>(at, f, a, b, c, d, e))
	{
	}
	template <class F, class A, class B, class C, class D, class E, class G>
	AWAIT_NODISCARD_MADE_
		AWAIT_INLINE_ explicit lazy(F &&f, A &&a, B &&b, C &&c, D &&d,
					    E &&e, G &&g,
					    place at = place::here())
	    : aw_(made<F, A, B, C, D, E, G>(at, f, a, b, c, d, e, g))
	{
	}
	template <class F, class A, class B, class C, class D, class E, class G,
		  class H>
	AWAIT_NODISCARD_MADE_
		AWAIT_INLINE_ explicit lazy(F &&f, A &&a, B &&b, C &&c, D &&d,
					    E &&e, G &&g, H &&h,
					    place at = place::here())
	    : aw_(made<F, A, B, C, D, E, G, H>(at, f, a, b, c, d, e, g, h))
	{
	}
	template <class F, class A, class B, class C, class D, class E, class G,
		  class H, class I>
	AWAIT_NODISCARD_MADE_
		AWAIT_INLINE_ explicit lazy(F &&f, A &&a, B &&b, C &&c, D &&d,
					    E &&e, G &&g, H &&h, I &&i,
					    place at = place::here())
	    : aw_(made<F, A, B, C, D, E, G, H, I>(at, f, a, b, c, d, e, g, h,
						  i))
	{
	}

	/* Takes over a reference: adopt(awaitable(fetch, path)). */
	template <class H> static lazy adopt(H *handle)
	{
		static_assert(await_cxx::is_handle_of<H, kept>(),
			      "await::lazy<T>::adopt: the await is of another "
			      "type than T");
		return lazy(in(), await_pointer_<struct await>(handle));
	}

	lazy(const lazy &other) noexcept : aw_(await_core_ref(other.aw_))
	{
	}
	lazy(lazy &&other) noexcept : aw_(other.release_head())
	{
	}
	AWAIT_INLINE_ lazy &operator=(const lazy &other) noexcept
	{
		lazy(other).swap(*this);
		return *this;
	}
	AWAIT_INLINE_ lazy &operator=(lazy &&other) noexcept
	{
		lazy(std::move(other)).swap(*this);
		return *this;
	}
	AWAIT_INLINE_ ~lazy()
	{
		if (aw_)
			await_core_unref(AWAIT_TSAN_RELEASED_(aw_));
		AWAIT_NO_TAIL_CALL_();
	}

	/* Gives the reference back; the lazy is null then. */
	AWAIT_INLINE_ void reset()
	{
		lazy().swap(*this);
	}
	void swap(lazy &other) noexcept
	{
		std::swap(aw_, other.aw_);
	}
	friend void swap(lazy &a, lazy &b) noexcept
	{
		a.swap(b);
	}

	/* Waits and is the value, as it is kept: valid as long as a reference.
	 * Throws what the function threw, or await::failure. */
	AWAIT_INLINE_ decltype(auto) get(place at = place::here()) const &
	{
		struct await *const aw = aw_;
		const int rc = wait_for_head(aw);

		if (__builtin_expect(rc != 0, 0))
			await_cxx::throw_failure<T>(aw, rc, at);
		return await_cxx::value<T>(aw);
	}
	/* A copy, as the value may end with this lazy. */
	AWAIT_INLINE_ T get(place at = place::here()) &&
	{
		constexpr bool can =
			!std::is_object_v<T> || std::is_copy_constructible_v<T>;

		static_assert(can,
			      "await::lazy<T>::get: T cannot be copied out "
			      "of a temporary lazy: give the lazy a name");
		if constexpr (can) {
			const lazy &named = *this;

			return static_cast<T>(named.get(at));
		}
	}

	/* Waits. 0, or an error as await_wait() returns it; throws nothing that
	 * a C++ function has thrown. */
	[[nodiscard]] AWAIT_INLINE_ int wait() const
	{
		return wait_for_head(aw_);
	}
	/* The same, but waits for others until then: -ETIMEDOUT. */
	template <class Clock, class Duration>
	[[nodiscard]] AWAIT_INLINE_ int
	wait_until(const std::chrono::time_point<Clock, Duration> &when) const
	{
		for (;;) {
			const struct timespec deadline =
				await_cxx::deadline(when - Clock::now());
			const int rc = AWAIT_TSAN_WAITED_(
				await_core_wait_until(aw_, layout, &deadline),
				aw_);

			AWAIT_NO_TAIL_CALL_();
			/* Other clocks may be set back meanwhile. */
			if (rc != -ETIMEDOUT || Clock::now() >= when)
				return rc;
		}
	}
	template <class Rep, class Period>
	[[nodiscard]] AWAIT_INLINE_ int
	wait_for(const std::chrono::duration<Rep, Period> &time) const
	{
		const struct timespec deadline = await_cxx::deadline(time);
		const int rc = AWAIT_TSAN_WAITED_(
			await_core_wait_until(aw_, layout, &deadline), aw_);

		AWAIT_NO_TAIL_CALL_();
		return rc;
	}

	/* A pointer to the value if it is there, or null (of a void, whether it
	 * is there). Never waits, runs or throws: also for signal handlers. */
	[[nodiscard]] auto try_get() const noexcept
	{
		const int rc =
			AWAIT_TSAN_WAITED_(await_core_peek(aw_, layout), aw_);

		if constexpr (std::is_void_v<T>)
			return rc == 0;
		else
			return rc == 0 ? std::addressof(
						 await_cxx::value<T>(aw_)) :
					 nullptr;
	}

	/* As await_cancel(). */
	AWAIT_INLINE_ int cancel() const
	{
		const int rc = await_core_cancel(AWAIT_TSAN_RELEASED_(aw_));

		AWAIT_NO_TAIL_CALL_();
		return rc;
	}

	/* As those of C; of null AWAIT_FREE, and 0. */
	enum await_state state() const noexcept
	{
		return aw_ ? await_core_state(aw_) : AWAIT_FREE;
	}
	uint64_t id() const noexcept
	{
		return aw_ ? await_core_id(aw_) : 0;
	}
	int error() const noexcept
	{
		return aw_ ? await_core_error(aw_) : 0;
	}
	unsigned attempts() const noexcept
	{
		return aw_ ? await_core_attempts(aw_) : 0;
	}

	explicit operator bool() const noexcept
	{
		return aw_ != nullptr;
	}
	friend bool operator==(const lazy &a, const lazy &b) noexcept
	{
		return a.aw_ == b.aw_;
	}
	friend bool operator!=(const lazy &a, const lazy &b) noexcept
	{
		return a.aw_ != b.aw_;
	}

	/* For what is in C, without a reference of its own: await_describe(
	 * aw.handle(), ...), await_cast(int, aw.handle()). */
	await_cxx::handle_t<T> *handle() const noexcept
	{
		return await_pointer_<await_cxx::handle_t<T>>(aw_);
	}
	/* The same with the reference, which adopt() takes back. */
	[[nodiscard]] await_cxx::handle_t<T> *release() noexcept
	{
		return await_pointer_<await_cxx::handle_t<T>>(release_head());
	}

      private:
	static constexpr uint32_t layout = object::layout;
	struct in {
	};
	struct await *aw_ = nullptr;

	friend struct await;
	template <class> friend class promise;
	lazy(in, struct await *aw) noexcept : aw_(aw)
	{
	}
	struct await *release_head() noexcept
	{
		return std::exchange(aw_, nullptr);
	}
	AWAIT_INLINE_ static int wait_for_head(struct await *aw)
	{
		int rc = 0;

		if (!await_core_hit(aw))
			rc = AWAIT_TSAN_WAITED_(await_core_wait(aw, layout),
						aw);
		AWAIT_NO_TAIL_CALL_();
		return rc;
	}
	template <class F, class... A>
	AWAIT_INLINE_ static struct await *
	made(const place &at, std::remove_reference_t<F> &f,
	     std::remove_reference_t<A> &...args)
	{
		using code = await_cxx::code_of<T, F, A...>;

		if constexpr (await_cxx::is_checked<T, F, A...>())
			return await_cxx::told(code::make(
				await_cxx::site_at(code::places, at),
				std::forward<F>(f), std::forward<A>(args)...));
		else
			return nullptr;
	}
};

#include <await/promise.hpp>

/* SPDX-License-Identifier: MIT */
/*
 * <await/code.hpp>: what the awaits of one type of function, with arguments of
 * one list of types, have in common, for <await/await.hpp>. Not for users:
 * nothing here is a promise.
 */
#pragma once

#include <await/slot.hpp>

#include <cstdlib>

namespace AWAIT_HIDDEN_ await_cxx
{
/* Keeps the exception that is being handled, or lets it go on if it is
 * none of C++ (pthread_exit() and cancellation unwind the stack by such
 * a one). The await fails with -EOWNERDEAD. */
template <class T>
__attribute__((__noinline__, __cold__)) void keep_exception(struct await *aw)
{
#if AWAIT_THROWS_
	std::exception_ptr thrown = std::current_exception();

	if (!thrown)
		throw;
	::new (slot_of<T>::at(aw, slot_of<T>::thrown))
		std::exception_ptr(std::move(thrown));
#endif
	AWAIT_TSAN_RELEASE_(aw);
	(void)aw;
}

template <class T> void end_thrown(struct await *aw)
{
	using std::exception_ptr;

	slot_of<T>::thrown_in(aw)->~exception_ptr();
}

/* Builds the value where it is kept. */
template <class T, class F> void build(struct await *aw, F &&function)
{
	using V = kept_t<T>;
	void *const place = slot_of<T>::at(aw, slot_of<T>::value);

	if constexpr (std::is_void_v<T>) {
		std::forward<F>(function)();
	} else if constexpr (std::is_reference_v<T>) {
		T reference = std::forward<F>(function)();

		::new (place) V(std::addressof(reference));
	} else if constexpr (slot_of<T>::shares) {
		V value = std::forward<F>(function)();

		::new (place) V(std::move(value));
	} else {
		::new (place) V(std::forward<F>(function)());
	}
}

/* Ends an await that has not come to be: its value or its arguments
 * threw. */
AWAIT_INLINE_ void give_up(struct await *aw)
{
	await_core_publish(aw, AWAIT_CANCELLED);
	if (await_core_armed())
		await_core_created(aw);
	await_core_unref(AWAIT_TSAN_RELEASED_(aw));
	AWAIT_NO_TAIL_CALL_();
}

/* NULL: memory is out, or was for the site. */
template <std::size_t End, std::size_t Align>
__attribute__((__always_inline__)) inline struct await *
take(const struct await_site *site)
{
	constexpr uint32_t size = slot_size(End, Align);

	return site ? await_core_take_sized(site, size) : nullptr;
}

/* Throws: whether exceptions are compiled, as object files with them
 * and without may be linked together. */
template <bool Throws, class T, class F, class... A> struct code {
	static constexpr bool has_function = !is_stateless<F>;
	static constexpr std::size_t count = sizeof...(A) + has_function;

	static auto args_type()
	{
		if constexpr (has_function)
			return static_cast<args_of<F, A...> *>(nullptr);
		else if constexpr (sizeof...(A) > 0)
			return static_cast<args_of<A...> *>(nullptr);
		else
			return static_cast<no_args *>(nullptr);
	}
	using args = std::remove_pointer_t<decltype(args_type())>;

	static constexpr bool is_bare = count == 0;
	static constexpr std::size_t args_offset =
		is_bare ? slot_of<T>::end :
			  round_up(slot_of<T>::end, alignof(args));
	static constexpr std::size_t end =
		args_offset + (is_bare ? 0 : sizeof(args));
	static constexpr std::size_t align =
		larger(alignof(args), object<kept_t<T>>::align);

	template <std::size_t... N>
	static decltype(auto) call(args *all, std::index_sequence<N...>)
	{
		if constexpr (has_function)
			return std::invoke(std::move(all->first),
					   std::move(argument<N + 1>(*all))...);
		else
			/* It is nowhere, and nobody will look. */
			return std::invoke(
				std::move(*reinterpret_cast<F *>(all)),
				std::move(argument<N>(*all))...);
	}

	AWAIT_NO_ICF_ __attribute__((__noinline__)) static int
	run(struct await *aw)
	{
		handle_t<T> *await_awaited_ =
			await_pointer_<handle_t<T>>(AWAIT_TSAN_TAKEN_(aw));
		args *await_args_ =
			static_cast<args *>(slot_of<T>::at(aw, args_offset));

		(void)sizeof(*await_awaited_); /* so that it is complete */
		AWAIT_TRY_
		{
			build<T>(aw, [await_args_]() -> T {
				return call(await_args_,
					    std::index_sequence_for<A...>());
			});
		}
		AWAIT_CATCH_
		{
			keep_exception<T>(aw);
			return -EOWNERDEAD;
		}
		await_args_->~args();
		AWAIT_TSAN_RELEASE_(aw);
		return 0;
	}

	AWAIT_NO_ICF_ static void release(void *from)
	{
		args *await_args_ = static_cast<args *>(from);
		struct await *aw = await_pointer_<struct await>(
			static_cast<char *>(from) - args_offset);

		handle_t<T> *await_awaited_ = await_pointer_<handle_t<T>>(aw);

		(void)sizeof(*await_awaited_); /* so that it is complete */
		end_thrown<T>(aw);
		await_args_->~args();
	}

	template <std::size_t... N>
	static constexpr auto describe_args(std::index_sequence<N...>)
	{
		if constexpr (has_function)
			return std::array<struct await_arg, count + 1>{
				describe<F>("function", 0),
				describe<A>(arg_names[N],
					    offset_of<N + 1, F, A...>())...,
				{}
			};
		else
			return std::array<struct await_arg, count + 1>{
				describe<A>(arg_names[N],
					    offset_of<N, A...>())...,
				{}
			};
	}
	static constexpr auto arg_list =
		describe_args(std::index_sequence_for<A...>());

	static constexpr struct await_func describe_func(const char *name)
	{
		/* A function that has a name need not be shown. */
		constexpr bool hides =
			std::is_pointer_v<F> || std::is_member_pointer_v<F>;
		const std::size_t hidden = name && hides;

		return func_of<T>(
			name ? name : default_name(), AWAIT_LAZY, run, release,
			arg_list.data() + hidden, count - hidden, args_offset,
			end, align,
			is_bare || std::is_trivially_destructible_v<args>);
	}

	static constexpr const char *kind()
	{
		if constexpr (is_lambda<F>())
			return "lambda";
		else if constexpr (std::is_class_v<F>)
			return nullptr;
		else
			return "function";
	}
	static constexpr const char *default_name()
	{
		return kind() ? kind() : spelling<F>.data();
	}

	static inline struct await_func func = describe_func(nullptr);
	static inline await_cxx::places places{ &func,
						kind() ? &func.name : nullptr,
						kind() };

	/* A slot with function and arguments in it. NULL: memory is
	 * out. */
	template <class G, class... B>
	__attribute__((__always_inline__)) static struct await *
	make(const struct await_site *site, G &&function, B &&...values)
	{
		struct await *aw = take<end, align>(site);

		if (!aw)
			return nullptr;
		slot_of<T>::make_thrown(aw);
		void *const to = slot_of<T>::at(aw, args_offset);
		AWAIT_TRY_
		{
			if constexpr (has_function)
				::new (to) args{ std::forward<G>(function),
						 std::forward<B>(values)... };
			else if constexpr (!is_bare)
				::new (to) args{ std::forward<B>(values)... };
		}
		AWAIT_CATCH_
		{
			give_up(aw);
			AWAIT_RETHROW_;
		}
		(void)to;
		await_core_publish(aw, AWAIT_PENDING);
		return aw;
	}
};

/* Awaits that have no function. */
template <class T> struct outside {
	static constexpr std::size_t end = slot_of<T>::end;
	static constexpr std::size_t align = object<kept_t<T>>::align;

	static void release(void *from)
	{
		struct await *aw = await_pointer_<struct await>(
			static_cast<char *>(from) - end);
		handle_t<T> *await_awaited_ = await_pointer_<handle_t<T>>(aw);

		(void)sizeof(*await_awaited_); /* so that it is complete */
		end_thrown<T>(aw);
	}

	static constexpr struct await_func describe_func(const char *name,
							 await_origin origin)
	{
		return func_of<T>(name, origin, nullptr, release, nullptr, 0,
				  end, end, align, true);
	}

	static inline struct await_func ready =
		describe_func("nowait", AWAIT_NOWAIT);
	static inline struct await_func promise =
		describe_func("promise", AWAIT_PROMISE);
	static inline places ready_places{ &ready, nullptr, nullptr };
	static inline places promise_places{ &promise, nullptr, nullptr };

	__attribute__((__always_inline__)) static struct await *
	make(const struct await_site *site)
	{
		struct await *aw = take<end, align>(site);

		if (aw)
			slot_of<T>::make_thrown(aw);
		return aw;
	}
};
} // namespace await_cxx

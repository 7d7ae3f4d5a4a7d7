// SPDX-License-Identifier: MIT
// A C++20 lazy coroutine written by hand: its frame is on the heap, one owner,
// one thread.
#include "work.h"

#include <coroutine>
#include <cstdlib>

#define UNSHARED

struct lazy {
	struct promise_type {
		int value;

		lazy get_return_object()
		{
			return { std::coroutine_handle<
				promise_type>::from_promise(*this) };
		}
		std::suspend_always initial_suspend() noexcept
		{
			return {};
		}
		std::suspend_always final_suspend() noexcept
		{
			return {};
		}
		void return_value(int from)
		{
			value = from;
		}
		void unhandled_exception()
		{
			std::abort();
		}
	};
	std::coroutine_handle<promise_type> frame;
};

using handle = void *;

static lazy later(int x)
{
	co_return work(x);
}

static inline handle create(int x)
{
	return later(x).frame.address();
}

static inline int wait_for(handle address)
{
	auto frame = std::coroutine_handle<lazy::promise_type>::from_address(
		address);

	if (!frame.done())
		frame.resume();
	return frame.promise().value;
}

static inline void drop(handle address)
{
	std::coroutine_handle<>::from_address(address).destroy();
}

#include "loops.h"

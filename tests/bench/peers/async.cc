// SPDX-License-Identifier: MIT
// std::async(std::launch::deferred) and a std::shared_future: counted, shared
// by threads. The future is the user's own variable, two words.
#include "work.h"

#include <future>

using handle = std::shared_future<int>;

#define HAS_NOWAIT
#define IN_MEMORY

static inline handle create(int x)
{
	return std::async(std::launch::deferred, work, x).share();
}

static inline handle nowait(int x)
{
	std::promise<int> promise;

	promise.set_value(x);
	return promise.get_future().share();
}

static inline int wait_for(const handle &future)
{
	return future.get();
}

static inline void drop(handle &future)
{
	future = handle();
}

#include "loops.h"

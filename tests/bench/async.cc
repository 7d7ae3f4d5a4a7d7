// SPDX-License-Identifier: MIT
// What people would use instead: std::async(deferred) and a shared_future.
#include "async.h"

#include <future>

static int work(int x)
{
	return x + 1;
}

void async_whole_life(int count)
{
	for (int i = 0; i < count; i++) {
		std::shared_future<int> future =
			std::async(std::launch::deferred, work, i).share();

		future.wait();
	}
}

// SPDX-License-Identifier: MIT
// boost::async(boost::launch::deferred) and a boost::shared_future: as in
// async.cc.
#define BOOST_THREAD_VERSION 4
#include "work.h"

#include <boost/thread/future.hpp>

using handle = boost::shared_future<int>;

#define HAS_NOWAIT
#define IN_MEMORY

static inline handle create(int x)
{
	return boost::async(boost::launch::deferred, [x] { return work(x); })
		.share();
}

static inline handle nowait(int x)
{
	return boost::make_ready_future(x).share();
}

static inline int wait_for(handle &future)
{
	return future.get();
}

static inline void drop(handle &future)
{
	future = handle();
}

#include "loops.h"

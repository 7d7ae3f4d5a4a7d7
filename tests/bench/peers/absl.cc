// SPDX-License-Identifier: MIT
// absl::call_once beside the value: on the heap, because it outlives its
// scope; one owner, shared by threads.
#include "work.h"

#include <absl/base/call_once.h>

struct lazy {
	explicit lazy(int from) : x(from)
	{
	}
	absl::once_flag once;
	int x;
	int value;
};

using handle = lazy *;

static inline handle create(int x)
{
	return new lazy(x);
}

static inline int wait_for(handle lazy)
{
	absl::call_once(lazy->once, [lazy] { lazy->value = work(lazy->x); });
	return lazy->value;
}

static inline void drop(handle lazy)
{
	delete lazy;
}

#include "loops.h"

// SPDX-License-Identifier: MIT
// A C++ magic static: a function's local, initialized by the first call. There
// is one, for ever, at an address that the compiler knows.
#include "work.h"

#define HITS_ONLY

using handle = int;

static inline int wait_for(handle x)
{
	static int value = work(x);

	return value;
}

static handle create(int x)
{
	wait_for(x);
	return x;
}

#include "loops.h"

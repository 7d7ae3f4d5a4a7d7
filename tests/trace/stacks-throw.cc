/* SPDX-License-Identifier: MIT */
/* An exception passes by a function whose destructor hits an await. */
#include "stacks.h"

namespace
{
struct caller {
	void (*call)(void);

	__attribute__((noinline)) ~caller()
	{
		call();
		__asm__ volatile("");
	}
};
} // namespace

extern "C" {

__attribute__((noinline)) void thrown_origin(void)
{
	throw 1;
}

__attribute__((noinline)) void thrown_by(void (*call)(void))
{
	caller at_exit = { call };

	thrown_origin();
}

void call_thrown(void (*call)(void))
{
	try {
		thrown_by(call);
	} catch (int) {
		call();
	}
	call();
	__asm__ volatile("");
}
}

/* SPDX-License-Identifier: MIT */
/* An action that was done, and is held by a lazy global. */
#include <await/await.h>

static void start(void)
{
}
AWAITABLE_ACTION(start);
AWAIT_STATIC(started, start);

void checkpoint(void);
__attribute__((noinline)) void checkpoint(void)
{
	__asm__ volatile("");
}

int main(void)
{
	await_action *done = started();

	await_get(done);
	checkpoint();
	return await_state(done) != AWAIT_RESOLVED;
}

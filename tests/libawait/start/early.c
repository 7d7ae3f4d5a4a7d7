/* SPDX-License-Identifier: MIT */
/*
 * Makes awaits before the library's constructor could run, or as early as a
 * program can: from .preinit_array, where there is one, and from a constructor
 * of the first priority there is. test_begin.py says what must be seen of them.
 */
#include <await/await.h>

#include <stdio.h>

AWAIT_TYPE(int, int);

static int answer(void)
{
	return 42;
}
AWAITABLE_VALUE(int, answer);

static await_int *kept, *resolved, *large;

struct block {
	char bytes[4096];
};
AWAIT_TYPE(block, struct block);

static int fill(struct block *out)
{
	*out = (struct block){ { 1 } };
	return 0;
}
AWAITABLE(block, fill);

static void drop_one(void)
{
	await_unref(awaitable(answer)); /* dropped, never waited for */
}

static void before_all(int argc, char **argv, char **environment)
{
	(void)argc, (void)argv, (void)environment;
#ifdef LARGE_FIRST
	large = (await_int *)(void *)awaitable(fill);
#endif
	kept = awaitable(answer);
	resolved = awaitable(answer);
	drop_one();
	await_wait(resolved, NULL);
}
#ifdef PREINIT
__attribute__((section(".preinit_array"),
	       used)) static void (*early)(int, char **, char **) = before_all;
#else
__attribute__((constructor(101))) static void early(void)
{
	before_all(0, NULL, NULL);
}
#endif

int main(void)
{
	/* A hit of an await that was made early is watched: the hook of
	 * LIBAWAIT_DEBUG=check sees it, and what a handle to it is after. */
	await_int *old = resolved;

	printf("%d\n", await_get(resolved));
	await_unref(resolved);
	printf("%d\n", await_wait(old, NULL));
	(void)kept, (void)large;
	return 0;
}

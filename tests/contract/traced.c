/* SPDX-License-Identifier: MIT */
/* What test_traced.py traces: a function named as each of its rows does what
 * the row is about. The lines marked HERE are those it looks for. */
#include <await/await.h>

#include <string.h>

struct page {
	int lines;
	double weight;
};

AWAIT_TYPE(page, struct page);
AWAIT_TYPE(int, int);

static int fetch(struct page *out, const char *path)
{
	*out = (struct page){ (int)strlen(path), 0.5 };
	return 0;
}
AWAITABLE(page, fetch, (const char *, path));

static int of_class_return(void)
{
	await_page *aw = awaitable(fetch, "abc"); /* HERE class return */
	int lines = 0;

	for (int i = 0; i < 3; i++)
		lines += await_get(aw).lines;
	await_unref(aw);
	return lines != 9;
}

static int of_getattr(void)
{
	await_page *aw = awaitable(fetch, "abc"); /* HERE getattr */
	int wrong = AWAIT_FIELD(aw, lines) != 3;  /* HERE first field */

	wrong += AWAIT_FIELD(aw, weight) != 0.5; /* HERE second field */
	await_unref(aw);
	return wrong;
}

static int delayed(int z)
{
	return z + 3;
}
AWAITABLE_VALUE(int, delayed, (int, z));

__attribute__((noinline)) static await_int *creator(void)
{
	return awaitable(delayed, 1); /* HERE creator */
}

static int callee(int *out, await_int *arg)
{
	*out = await_get(arg); /* HERE callee waits */
	return 0;
}
AWAITABLE(int, callee, (await_int *, arg));

static int of_func_arg(void)
{
	await_int *arg = creator();
	await_int *aw = awaitable(callee, arg); /* HERE callee */
	int value = await_get(aw);		/* HERE caller waits */

	await_unref(aw);
	await_unref(arg);
	return value != 4;
}

int main(void)
{
	return of_class_return() + of_getattr() + of_func_arg();
}

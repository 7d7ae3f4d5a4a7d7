/* SPDX-License-Identifier: MIT */
/* Awaits that many tests are about: of a struct, with arguments, and of an int
 * without. */
#pragma once

#include <await/await.h>

struct page {
	int lines;
};
AWAIT_TYPE(page, struct page);
AWAIT_TYPE(int, int);

static int fetch(struct page *out, const char *path, int depth)
{
	(void)path;
	out->lines = depth;
	return 0;
}
AWAITABLE(page, fetch, (const char *, path), (int, depth));

static int answer(void)
{
	return 42;
}
AWAITABLE_VALUE(int, answer);

/* SPDX-License-Identifier: MIT */
/* Another page, another fetch: gdb must not take one for the other. */
#include "app.h"

struct page {
	int width;
	int height;
	long area;
};

AWAIT_TYPE(page, struct page);

static int fetch(struct page *out, const char *path, int depth)
{
	(void)path;
	*out = (struct page){ depth, depth, (long)depth * depth };
	return 0;
}
AWAITABLE(page, fetch, (const char *, path), (int, depth));

void *make_other(void)
{
	await_page *aw = awaitable(fetch, "/other", 4);

	await_nowait(page, ((struct page){ 5, 6, 30 }));
	if (await_wait(aw, NULL) != 0)
		return NULL;
	return aw;
}

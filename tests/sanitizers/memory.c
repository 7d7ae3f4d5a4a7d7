/* SPDX-License-Identifier: MIT */
/*
 * For the address and leak sanitizers. The first argument says what to do:
 * "reachable" and "reuse" are right, the others are mistakes.
 */
#include <await/await.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text {
	char *chars;
	size_t length;
};

static int copy(struct text *out, const char *of)
{
	out->chars = strdup(of);
	out->length = strlen(of);
	return out->chars ? 0 : -1;
}

AWAIT_TYPE(text, struct text);
AWAITABLE(text, copy, (const char *, of, free, strdup));

static await_text *waited, *never_waited;

/* Awaits that live until exit: malloc()'s blocks are held by them alone. */
static void reachable(void)
{
	waited = awaitable(copy, "hello");
	never_waited = awaitable(copy, "moon");
	puts(await_get(waited).chars);
}

/* As many as let each slot be used again with LIBAWAIT_DEBUG=check, too. */
static void reuse(void)
{
	for (int i = 0; i < 150000; i++) {
		await_text *aw = awaitable(copy, "again");

		free(await_get(aw).chars);
		await_unref(aw);
	}
	puts("used again");
}

static void after_end(void)
{
	await_text *aw = awaitable(copy, "gone");
	const struct text *text = await_borrow(aw);

	free(text->chars);
	await_unref(aw);
	printf("%zu\n", text->length);
}

static void stale(void)
{
	await_text *aw = awaitable(copy, "gone");

	free(await_get(aw).chars);
	await_unref(aw);
	printf("%zu\n", await_get(aw).length);
}

/* The type has no destructor that would free the characters. */
static void leak(void)
{
	for (int i = 0; i < 100; i++) {
		await_text *aw = awaitable(copy, "lost");

		(void)await_wait(aw, NULL);
		await_unref(aw);
	}
	puts("lost");
}

int main(int argc, char **argv)
{
	const struct {
		const char *name;
		void (*run)(void);
	} all[] = {
		{ "reachable", reachable }, { "reuse", reuse },
		{ "after-end", after_end }, { "stale", stale },
		{ "leak", leak },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (argc > 1 && strcmp(argv[1], all[i].name) == 0)
			all[i].run();
	return 0;
}

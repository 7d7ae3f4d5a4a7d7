/* SPDX-License-Identifier: MIT */
/* What the tests of cycles make awaits of, and count in the report of
 * LIBAWAIT_DEBUG=leaks. */
#pragma once

#include "unit.h"

#include "again.h"

AWAIT_TYPE(int, int);
AWAIT_TYPE(ptr, void *);

/* Slots of one size, and so ids in order of creation. */
static int use(int *out, void *other)
{
	*out = 1;
	return other ? 0 : -ENOENT;
}
AWAITABLE(int, use, (void *, other));

static int refuse(int *out, void *other)
{
	(void)out;
	(void)other;
	return -EIO;
}
AWAITABLE(int, refuse, (void *, other));

static int two(int *out, void *a, void *b)
{
	(void)a;
	(void)b;
	return refuse(out, NULL);
}
AWAITABLE(int, two, (void *, a), (void *, b));

static int three(int *out, void *a, void *b, void *c)
{
	(void)c;
	return two(out, a, b);
}
AWAITABLE(int, three, (void *, a), (void *, b), (void *, c));

/* Makes memory that only awaits point to reachable for other leak checkers. */
static void *kept[1 << 17];
static size_t kept_count;

static void *keep(void *memory)
{
	CHECK(memory && kept_count < sizeof(kept) / sizeof(kept[0]));
	kept[kept_count++] = memory;
	return memory;
}

/* A context, with nothing else in the SCANNED bytes that follow. */
static void **context(void)
{
	return keep(calloc(1, 1024));
}

static unsigned cycles(void)
{
	unsigned n = 0;

	for (const char *at = text; (at = strstr(at, "cycle: ")); at++)
		n++;
	return n;
}

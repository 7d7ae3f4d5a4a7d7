/* SPDX-License-Identifier: MIT */
/*
 * <await/lists.h>: counting and walking the arguments of a macro, for
 * <await/macros.h>. Nothing here knows awaits.
 *
 * Lists end in `~`, so that no `...` is ever empty: C11 forbids that.
 */
#pragma once

#define AWAIT_CAT_(a, b) AWAIT_CAT2_(a, b)
#define AWAIT_CAT2_(a, b) a##b

/* How many arguments, up to nine. */
#define AWAIT_COUNT_(...)                                                      \
	AWAIT_TENTH_(__VA_ARGS__, 9, 8, 7, 6, 5, 4, 3, 2, 1, ~)
#define AWAIT_TENTH_(a, b, c, d, e, f, g, h, i, j, ...) j

/* AWAIT_EACH_n_(m, fn, items..., ~) is m(fn, item) for each of n items. */
#define AWAIT_EACH_0_(m, fn, ...)
#define AWAIT_EACH_1_(m, fn, p, ...) m(fn, p) AWAIT_EACH_0_(m, fn, __VA_ARGS__)
#define AWAIT_EACH_2_(m, fn, p, ...) m(fn, p) AWAIT_EACH_1_(m, fn, __VA_ARGS__)
#define AWAIT_EACH_3_(m, fn, p, ...) m(fn, p) AWAIT_EACH_2_(m, fn, __VA_ARGS__)
#define AWAIT_EACH_4_(m, fn, p, ...) m(fn, p) AWAIT_EACH_3_(m, fn, __VA_ARGS__)
#define AWAIT_EACH_5_(m, fn, p, ...) m(fn, p) AWAIT_EACH_4_(m, fn, __VA_ARGS__)
#define AWAIT_EACH_6_(m, fn, p, ...) m(fn, p) AWAIT_EACH_5_(m, fn, __VA_ARGS__)
#define AWAIT_EACH_7_(m, fn, p, ...) m(fn, p) AWAIT_EACH_6_(m, fn, __VA_ARGS__)
#define AWAIT_EACH_8_(m, fn, p, ...) m(fn, p) AWAIT_EACH_7_(m, fn, __VA_ARGS__)

/* The same, with commas between. */
#define AWAIT_LIST_0_(m, fn, ...)
#define AWAIT_LIST_1_(m, fn, p, ...) m(fn, p)
#define AWAIT_LIST_2_(m, fn, p, ...) m(fn, p), AWAIT_LIST_1_(m, fn, __VA_ARGS__)
#define AWAIT_LIST_3_(m, fn, p, ...) m(fn, p), AWAIT_LIST_2_(m, fn, __VA_ARGS__)
#define AWAIT_LIST_4_(m, fn, p, ...) m(fn, p), AWAIT_LIST_3_(m, fn, __VA_ARGS__)
#define AWAIT_LIST_5_(m, fn, p, ...) m(fn, p), AWAIT_LIST_4_(m, fn, __VA_ARGS__)
#define AWAIT_LIST_6_(m, fn, p, ...) m(fn, p), AWAIT_LIST_5_(m, fn, __VA_ARGS__)
#define AWAIT_LIST_7_(m, fn, p, ...) m(fn, p), AWAIT_LIST_6_(m, fn, __VA_ARGS__)
#define AWAIT_LIST_8_(m, fn, p, ...) m(fn, p), AWAIT_LIST_7_(m, fn, __VA_ARGS__)

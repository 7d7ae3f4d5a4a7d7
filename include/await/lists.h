/* SPDX-License-Identifier: MIT */
/*
 * <await/lists.h>: counting, checking and walking the arguments of a macro, for
 * <await/macros.h>. Nothing here knows awaits.
 *
 * Lists end in `~`, so that no `...` is ever empty: C11 forbids that. What
 * macros choose between are digits or whole names of ours, since users may have
 * macros of any other name, which would be expanded on the way.
 */
#pragma once

#define AWAIT_CAT_(a, b) AWAIT_CAT2_(a, b)
#define AWAIT_CAT2_(a, b) a##b
#define AWAIT_CAT3_(a, b, c) a##b##c

/* How many arguments, up to nine. */
#define AWAIT_COUNT_(...)                                                      \
	AWAIT_TENTH_(__VA_ARGS__, 9, 8, 7, 6, 5, 4, 3, 2, 1, ~)
#define AWAIT_TENTH_(a, b, c, d, e, f, g, h, i, j, ...) j

/* 1 for one argument, 2 for up to 40. */
#define AWAIT_ONE_OR_MORE_(...)                                                \
	AWAIT_41ST_(__VA_ARGS__, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,  \
		    2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,   \
		    2, 2, 2, 2, 2, 1, ~)
#define AWAIT_41ST_(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s,   \
		    t, u, v, w, x, y, z, aa, bb, cc, dd, ee, ff, gg, hh, ii,   \
		    jj, kk, ll, mm, nn, oo, ...)                               \
	oo

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

/* 1 if p is two to four things in parentheses, otherwise 0. */
#define AWAIT_IS_ITEM_(p) AWAIT_CAT_(AWAIT_IS_ITEM, AWAIT_IS_LIST_(p))(p)
#define AWAIT_IS_ITEM0(p) 0
#define AWAIT_IS_ITEM1(p)                                                      \
	AWAIT_APPLY_(AWAIT_TENTH_, AWAIT_STRIP_ p, 0, 0, 0, 0, 0, 1, 1, 1, 0, ~)
#define AWAIT_APPLY_(m, ...) m(__VA_ARGS__)
#define AWAIT_STRIP_(...) __VA_ARGS__

/* 1 if p begins with parentheses: then AWAIT_PROBE_ is a macro that is called,
 * and puts something behind a comma. */
#define AWAIT_IS_LIST_(p) AWAIT_IS_LIST2_(AWAIT_PROBE_ p, 0, ~)
#define AWAIT_IS_LIST2_(...) AWAIT_SECOND_(__VA_ARGS__)
#define AWAIT_PROBE_(...) ~, 1
#define AWAIT_SECOND_(a, b, ...) b

/* 1 if all of n items are such lists, 2 if they are more than eight. */
#define AWAIT_ITEMS_0_(...) 1
#define AWAIT_ITEMS_9_(...) 2
#define AWAIT_ITEMS_1_(p, ...) AWAIT_IS_ITEM_(p)
#define AWAIT_ITEMS_2_(p, ...)                                                 \
	AWAIT_AND_(AWAIT_IS_ITEM_(p), AWAIT_ITEMS_1_(__VA_ARGS__))
#define AWAIT_ITEMS_3_(p, ...)                                                 \
	AWAIT_AND_(AWAIT_IS_ITEM_(p), AWAIT_ITEMS_2_(__VA_ARGS__))
#define AWAIT_ITEMS_4_(p, ...)                                                 \
	AWAIT_AND_(AWAIT_IS_ITEM_(p), AWAIT_ITEMS_3_(__VA_ARGS__))
#define AWAIT_ITEMS_5_(p, ...)                                                 \
	AWAIT_AND_(AWAIT_IS_ITEM_(p), AWAIT_ITEMS_4_(__VA_ARGS__))
#define AWAIT_ITEMS_6_(p, ...)                                                 \
	AWAIT_AND_(AWAIT_IS_ITEM_(p), AWAIT_ITEMS_5_(__VA_ARGS__))
#define AWAIT_ITEMS_7_(p, ...)                                                 \
	AWAIT_AND_(AWAIT_IS_ITEM_(p), AWAIT_ITEMS_6_(__VA_ARGS__))
#define AWAIT_ITEMS_8_(p, ...)                                                 \
	AWAIT_AND_(AWAIT_IS_ITEM_(p), AWAIT_ITEMS_7_(__VA_ARGS__))
#define AWAIT_AND_(a, b) AWAIT_AND2_(a, b)
#define AWAIT_AND2_(a, b) AWAIT_AND_##a##b
#define AWAIT_AND_00 0
#define AWAIT_AND_01 0
#define AWAIT_AND_10 0
#define AWAIT_AND_11 1

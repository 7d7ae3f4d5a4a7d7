/* SPDX-License-Identifier: MIT */
/*
 * A peer's program: the loops that are timed, and the talk with peers.py. Each
 * implementation of lazy values is one program, which includes this behind
 *
 *     typedef ... handle;              what a user keeps
 *     static handle create(int x);     a lazy work(x)
 *     static int wait_for(handle);     its value; the first wait calls work()
 *     static void drop(handle);        the end of what only this handle holds
 *
 * and, before that, behind some of
 *
 *     #define HITS_ONLY                it has one value, and no drop()
 *     #define UNSHARED                 two threads may not have to do with one
 *     #define HAS_NOWAIT               static handle nowait(int x): x is there
 *     #define HAS_ENUMERATE            static size_t enumerate(void)
 *     #define IN_MEMORY                handles do not fit into a register
 *
 *     PROGRAM ALIVE [CPU]
 *
 * runs on the cpus it is started on, with ALIVE 2 beside a second thread, on
 * CPU, that sleeps or does its half. "ops" is answered by the names of all
 * operations there are, "compiler" by its name and version. "OP COUNT TIMES"
 * does an operation on COUNT objects alive at once, TIMES over, and is answered
 * by the nanoseconds it took without what had to be made ready for it (by
 * bytes, for "bytes").
 *
 * Each loop is a function bench_...() of its own, inside which callgrind
 * counts. The loop's own two or three instructions are part of every figure.
 */
#pragma once

#include "second.h"

#include <stddef.h>

#define MOST (1u << 20)
#define LOOP __attribute__((noinline, unused)) static void

static handle handles[MOST];
static volatile int sink;

#ifdef IN_MEMORY
#define HIDE(h) __asm__ volatile("" : "+m"(h) : : "memory")
#else
#define HIDE(h) __asm__ volatile("" : "+r"(h) : : "memory")
#endif

/* With the object's address at hand, as that of a static is: what is there is
 * read each time, the handle is not looked at anew. */
LOOP bench_hit(size_t count)
{
	handle h = handles[0];
	int sum = 0;

	for (size_t i = 0; i < count; i++) {
		__asm__ volatile("" : : : "memory");
		sum += wait_for(h);
	}
	sink = sum;
}

#ifndef HITS_ONLY

LOOP bench_create(size_t count)
{
	for (size_t i = 0; i < count; i++)
		handles[i] = create((int)i);
}

static inline __attribute__((always_inline)) void wait_each(size_t count)
{
	int sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += wait_for(handles[i]);
	sink = sum;
}

LOOP bench_first_wait(size_t count)
{
	wait_each(count);
}

LOOP bench_hit_random(size_t count)
{
	wait_each(count);
}

LOOP bench_drop(size_t count)
{
	for (size_t i = 0; i < count; i++)
		drop(handles[i]);
}

LOOP bench_life(size_t count)
{
	int sum = 0;

	for (size_t i = 0; i < count; i++) {
		handle h = create((int)i);

		HIDE(h);
		sum += wait_for(h);
		HIDE(h);
		drop(h);
	}
	sink = sum;
}

#ifdef HAS_NOWAIT
LOOP bench_nowait(size_t count)
{
	for (size_t i = 0; i < count; i++) {
		handle h = nowait((int)i);

		HIDE(h);
		drop(h);
	}
}
#endif

#endif

#include "talk.h"

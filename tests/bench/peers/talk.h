/* SPDX-License-Identifier: MIT */
/*
 * The rest of a peer's program: what an operation's loop needs before and after
 * it, its time, and the talk; see loops.h.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double timed(void (*loop)(size_t count), size_t count)
{
	double begin = now_ns();

	loop(count);
	return now_ns() - begin;
}

#ifdef HITS_ONLY

#define OPS "hit"

static double measure(const char *op, size_t count, size_t times)
{
	(void)op;
	handles[0] = create(0);
	return timed(bench_hit, count * times);
}

#else

#ifdef HAS_NOWAIT
#define OPS_NOWAIT " nowait"
#else
#define OPS_NOWAIT ""
#endif

#ifdef HAS_ENUMERATE
static double enumerate_all(size_t count)
{
	double begin, took;

	bench_create(count);
	begin = now_ns();
	sink = (int)enumerate();
	took = now_ns() - begin;
	if (sink < (int)count)
		abort();
	bench_drop(count);
	return took;
}
#define OPS_ENUMERATE " enumerate"
#else
#define OPS_ENUMERATE ""
#endif

#ifndef UNSHARED
/* The time of two loops side by side, until both have ended. */
static double timed_both(void (*mine)(size_t), void (*its)(size_t),
			 size_t count)
{
	double begin;

	second_start(its, count);
	begin = now_ns();
	mine(count);
	second_join();
	return now_ns() - begin;
}

/* One thread creates, the other drops: what both take, not the handing over. */
static double cross(size_t count)
{
	double created = timed(bench_create, count);

	second_start(bench_drop, count);
	return created + second_join();
}

#define OPS_SHARED " cross contended hit-two"
#else
#define OPS_SHARED ""
#endif

#define OPS_ONE "create first-wait drop life hit hit-random bytes"

#define OPS OPS_ONE OPS_NOWAIT OPS_ENUMERATE OPS_SHARED

static long resident_bytes(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (!file || fscanf(file, "%*d %ld", &pages) != 1)
		abort();
	fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

/* Right once in a process: what is dropped is not given back. */
static double bytes(size_t count)
{
	volatile char *array = (volatile char *)handles;
	long before;

	for (size_t i = 0; i < count * sizeof(handle); i += 4096)
		array[i] = array[i]; /* be resident */
	resident_bytes();	     /* so is stdio */
	before = resident_bytes();
	bench_create(count);
	before = resident_bytes() - before;
	bench_drop(count);
	return (double)before;
}

/* Hits in an order that has nothing to do with that of creation. */
static double hit_random(size_t count)
{
	uint64_t seed = 1;
	double took;

	bench_create(count);
	for (size_t i = count - 1; i > 0; i--) {
		size_t other;
		handle h = handles[i];

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		other = (seed >> 33) % (i + 1);
		handles[i] = handles[other];
		handles[other] = h;
	}
	wait_each(count);
	took = timed(bench_hit_random, count);
	bench_drop(count);
	return took;
}

/* loop() while the second thread does the same, or alone. */
static double timed_with(bool both, void (*loop)(size_t count), size_t count)
{
#ifndef UNSHARED
	if (both)
		return timed_both(loop, loop, count);
#endif
	(void)both;
	return timed(loop, count);
}

/* Hits of one object that has its value. */
static double hits(bool both, size_t count)
{
	double took;

	handles[0] = create(0);
	sink = wait_for(handles[0]);
	took = timed_with(both, bench_hit, count);
	drop(handles[0]);
	return took;
}

/* One of the operations on many objects, each once; the rest of their lives is
 * not measured. */
static double step(const char *op, size_t count)
{
	double created = timed(bench_create, count), waited, dropped;

	waited = timed_with(strcmp(op, "contended") == 0, bench_first_wait,
			    count);
	dropped = timed(bench_drop, count);
	return strcmp(op, "create") == 0 ? created :
	       strcmp(op, "drop") == 0	 ? dropped :
					   waited;
}

static double measure(const char *op, size_t count, size_t times)
{
	double sum = 0;

	if (strcmp(op, "hit") == 0 || strcmp(op, "hit-two") == 0)
		return hits(strcmp(op, "hit") != 0, count * times);
	if (strcmp(op, "life") == 0)
		return timed(bench_life, count * times);
#ifdef HAS_NOWAIT
	if (strcmp(op, "nowait") == 0)
		return timed(bench_nowait, count * times);
#endif
	while (times-- > 0) {
#ifdef HAS_ENUMERATE
		if (strcmp(op, "enumerate") == 0) {
			sum += enumerate_all(count);
			continue;
		}
#endif
#ifndef UNSHARED
		if (strcmp(op, "cross") == 0) {
			sum += cross(count);
			continue;
		}
#endif
		sum += strcmp(op, "bytes") == 0	     ? bytes(count) :
		       strcmp(op, "hit-random") == 0 ? hit_random(count) :
						       step(op, count);
	}
	return sum;
}

#endif

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

static bool is_op(const char *op)
{
	const char *found = strstr(" " OPS " ", op);

	return found && found[-1] == ' ' && found[strlen(op)] == ' ';
}

int main(int argc, char **argv)
{
	char line[100], op[40];
	size_t count, times;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: %s 1|2 [CPU]\n", argv[0]);
		return 2;
	}
	if (strcmp(argv[1], "2") == 0)
		second_create(argc == 3 ? atoi(argv[2]) : -1);
	while (fgets(line, sizeof(line), stdin)) {
		if (strcmp(line, "ops\n") == 0)
			printf("%s\n", OPS);
		else if (strcmp(line, "compiler\n") == 0)
			printf("%s\n", COMPILER);
		else if (sscanf(line, "%39s %zu %zu", op, &count, &times) ==
				 3 &&
			 is_op(op) && count > 0 && count <= MOST)
			printf("%.0f\n", measure(op, count, times));
		else
			printf("no operation, count and times: %s", line);
		fflush(stdout);
	}
	return 0;
}

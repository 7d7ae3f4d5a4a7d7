/* SPDX-License-Identifier: MIT */
/*
 * What tracing costs, in nanoseconds, medians; tracing.py runs it and says when
 * a session records.
 *
 *     bench-tracing operations     of each, as things are
 *     bench-tracing events         for each line of stdin, an event's name: of
 *                                  what causes it, and of that with a bare
 *                                  tracepoint of the same fields beside it
 *     bench-tracing count NAME     the same of that event, once, for callgrind
 *     bench-tracing dump COUNT     a state dump of COUNT awaits, while another
 *                                  thread goes on; prints a line when it is
 *                                  ready, and waits for one
 */
#define _GNU_SOURCE
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#define UNW_LOCAL_ONLY
#include "common/ticks.h"
#include "bare.h"

#include <await/await.h>

#include <dlfcn.h>
#include <libunwind.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 151
#define COUNT 1000 /* a round fits into a time slice */
#define FRAMES 15
#define NOINLINE __attribute__((noinline))

AWAIT_TYPE(int, int);

static int work(int x)
{
	return x + 1;
}
AWAITABLE_VALUE(int, work, (int, x));

static await_int *awaits[COUNT];

/* --- operations --- */

NOINLINE static void create(int i)
{
	awaits[i] = awaitable(work, i);
}

NOINLINE static void promise(int i)
{
	awaits[i] = await_promise(int);
}

NOINLINE static void wait(int i)
{
	await_wait(awaits[i], NULL);
}

NOINLINE static void drop(int i)
{
	await_unref(awaits[i]);
}

NOINLINE static void create_and_wait(int i)
{
	create(i);
	wait(i);
}

NOINLINE static void resolve(int i)
{
	await_resolve(awaits[i], i);
}

NOINLINE static void cancel(int i)
{
	await_cancel(awaits[i]);
}

NOINLINE static void block(int i)
{
	static const struct timespec past;

	await_wait_until(awaits[i], NULL, &past);
}

/* All of this runs inside of it. */
static await_int *whole;

NOINLINE static void cycle(int i)
{
	(void)i;
	await_wait(whole, NULL);
}

/* --- bare tracepoints --- */

#define BARE(name)                                                             \
	NOINLINE static void bare_##name(int i)                                \
	{                                                                      \
		lttng_ust_tracepoint(await_bare, name, (uint64_t)i,            \
				     (void *)awaits);                          \
	}
BARE(exec_begin)
BARE(hit)
BARE(block_begin)
BARE(block_end)
BARE(cycle)
BARE(wait_end)
BARE(resolve)
BARE(cancel)
BARE(destroy)

/* By hand, too, latency_ns takes two looks at a clock. */
NOINLINE static void bare_exec_end(int i)
{
	uint64_t begin = now_ticks();

	__asm__ volatile("" ::: "memory"); /* the run */
	lttng_ust_tracepoint(await_bare, exec_end, (uint64_t)i,
			     now_ticks() - begin, (void *)awaits);
}

NOINLINE static void bare_create(int i)
{
	lttng_ust_tracepoint(await_bare, create, (uint64_t)i, __FILE__,
			     (void *)awaits);
}

#define BARE_STACK(name)                                                       \
	NOINLINE static void bare_##name(int i)                                \
	{                                                                      \
		void *pcs[64];                                                 \
		int count = unw_backtrace(pcs, 64);                            \
                                                                               \
		lttng_ust_tracepoint(await_bare, name, (uint64_t)i,            \
				     (void *)awaits, (uintptr_t *)pcs,         \
				     (unsigned int)count);                     \
	}
BARE_STACK(create_stack)
BARE_STACK(exec_stack)
BARE_STACK(hit_stack)

/* --- measuring --- */

typedef void step(int i);

NOINLINE static void nothing(int i)
{
	(void)i;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof(*values), compare);
	return values[n / 2];
}

static int count = COUNT, rounds = ROUNDS;

NOINLINE static double once(step *what, step *beside)
{
	uint64_t begin = now_ns();

	for (int i = 0; i < count; i++) {
		what(i);
		beside(i);
	}
	return (double)(now_ns() - begin) / count;
}

static void tell_and_wait(const char *what)
{
	int c;

	printf("%s\n", what);
	fflush(stdout);
	do
		c = getchar();
	while (c != '\n' && c != EOF);
}

static void operations(void)
{
	step *const steps[] = { create, wait, wait, drop };
	double ns[4][ROUNDS];

	for (int round = 0; round < ROUNDS; round++)
		for (int s = 0; s < 4; s++)
			ns[s][round] = once(steps[s], nothing);
	for (int s = 0; s < 4; s++)
		printf("%.2f ", median(ns[s], ROUNDS));
	printf("\n");
}

/* --- events --- */

static const struct event {
	const char *name;
	step *before, *ours, *after, *bare;
} events[] = {
	{ "create", nothing, create, drop, bare_create },
	{ "exec_begin", create, wait, drop, bare_exec_begin },
	{ "exec_end", create, wait, drop, bare_exec_end },
	{ "hit", create_and_wait, wait, drop, bare_hit },
	{ "block_begin", promise, block, drop, bare_block_begin },
	{ "block_end", promise, block, drop, bare_block_end },
	{ "cycle", nothing, cycle, nothing, bare_cycle },
	{ "wait_end", promise, block, drop, bare_wait_end },
	{ "resolve", promise, resolve, drop, bare_resolve },
	{ "cancel", create, cancel, drop, bare_cancel },
	{ "destroy", create, drop, nothing, bare_destroy },
	{ "create_stack", nothing, create, drop, bare_create_stack },
	{ "exec_stack", create, wait, drop, bare_exec_stack },
	{ "hit_stack", create_and_wait, wait, drop, bare_hit_stack },
};

static void measure(const struct event *event)
{
	step *const beside[] = { nothing, event->bare };
	double ns[2][ROUNDS];

	/* These take long. */
	count = event->ours == block ? COUNT / 10 : COUNT;
	for (int round = 0; round < rounds; round++)
		for (int i = 0; i < 2; i++) {
			once(event->before, nothing);
			ns[i][round] = once(event->ours, beside[i]);
			once(event->after, nothing);
		}
	printf("%.2f %.2f\n", median(ns[0], rounds), median(ns[1], rounds));
	fflush(stdout);
}

static int deepest;

NOINLINE static int depth(void)
{
	void *pcs[64];

	return unw_backtrace(pcs, 64) - 1;
}

/* From the operations on, stacks have as many frames as are wanted. */
NOINLINE static void descend(const struct event *event)
{
	if (depth() < deepest)
		descend(event);
	else
		measure(event);
	__asm__ volatile(""); /* no jump */
}

static const struct event *find(const char *name)
{
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (strcmp(events[i].name, name) == 0)
			return &events[i];
	fprintf(stderr, "bench-tracing: no event %s\n", name);
	exit(2);
}

static int all_events(int frames, const char *only)
{
	char name[32];

	/* The rest: measure(), once(), the operation. */
	deepest = frames - 3;
	if (only) {
		rounds = 1;
		descend(find(only));
	}
	while (!only && scanf("%31s", name) == 1)
		descend(find(name));
	return 0;
}
AWAITABLE_VALUE(int, all_events, (int, frames), (const char *, only));

/* --- a state dump --- */

static atomic_int stop;
static atomic_long went_on;

static void *go_on(void *unused)
{
	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		await_int *aw = awaitable(work, 1);

		await_wait(aw, NULL);
		await_unref(aw);
		atomic_fetch_add_explicit(&went_on, 1, memory_order_relaxed);
	}
	return unused;
}

static int dump(long awaits_alive)
{
	/* The tracer is not linked with. */
	uint64_t (*statedump)(void) = (uint64_t(*)(void))(uintptr_t)dlsym(
		RTLD_DEFAULT, "await_trace_statedump");
	uint64_t begin;
	double ns[5];
	pthread_t other;
	uint64_t dumped = 0;

	if (!statedump)
		statedump = (uint64_t(*)(void))(uintptr_t)dlsym(
			dlopen("libawait-trace.so.0", RTLD_LAZY | RTLD_NOLOAD),
			"await_trace_statedump");
	for (long i = 0; i < awaits_alive; i++)
		(void)awaitable(work, (int)i);
	tell_and_wait("dump");
	statedump(); /* and the one at the session's start is over */
	pthread_create(&other, NULL, go_on, NULL);
	for (int round = 0; round < 5; round++) {
		sleep(2); /* what was dumped is written */
		atomic_store_explicit(&went_on, 0, memory_order_relaxed);
		begin = now_ns();
		dumped = statedump();
		ns[round] = (double)(now_ns() - begin);
	}
	atomic_store_explicit(&stop, 1, memory_order_relaxed);
	pthread_join(other, NULL);
	printf("%lu %.0f %ld\n", (unsigned long)dumped, median(ns, 5),
	       atomic_load_explicit(&went_on, memory_order_relaxed));
	fflush(stdout);
	return dumped == 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "operations") == 0) {
		operations();
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "dump") == 0)
		return dump(atol(argv[2]));
	if (!(argc == 2 && strcmp(argv[1], "events") == 0) &&
	    !(argc == 3 && strcmp(argv[1], "count") == 0))
		return 2;
	whole = awaitable(all_events, FRAMES, argv[2]);
	return await_get(whole);
}

/* SPDX-License-Identifier: MIT */
/*
 * What test_ps.py and test_top.py look at. The first argument says what:
 *
 *     states          an await in each state, of each kind of value
 *     many N          N pending awaits
 *     churn N         N awaits that stay, among as many that three threads
 *                     make, wait for and drop all the time, in the same slots,
 *                     and one that a fourth runs again and again
 *     refused         two threads whose waits for each other are refused, over
 *                     and over
 *     ring PLUGIN     two threads that wait for each other, each for ever:
 *                     through two copies of libawait, PLUGIN has the other
 *     load PLUGIN     loads it only when told to, and makes an await there
 *
 * It says "ready" when it is there, and ends at the end of its input. What it
 * prints is flushed, so no test needs to guess when it is where.
 */
#include <await/await.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct page {
	int lines;
};

AWAIT_TYPE(page, struct page);
AWAIT_TYPE(int, int);
AWAIT_TYPE(long, long);
AWAIT_TYPE(name, const char *);
AWAIT_TYPE(real, double);

static void die(const char *what)
{
	perror(what);
	exit(99);
}

static void ready(void)
{
	puts("ready");
	fflush(stdout);
}

static void until_told(void)
{
	char line[16];

	if (!fgets(line, sizeof(line), stdin))
		exit(0);
}

static void start(void *(*run)(void *), void *arg)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, arg) != 0)
		die("pthread_create");
}

/* --- states --- */

static int fetch(struct page *out, const char *path, int depth)
{
	if (depth < 0)
		return -ENOENT;
	*out = (struct page){ .lines = depth + (path != NULL) };
	return 0;
}
AWAITABLE(page, fetch, (const char *, path), (int, depth));

static const char *greet(const char *who)
{
	return who;
}
AWAITABLE_VALUE(name, greet, (const char *, who));

static double half(double x)
{
	return x / 2;
}
AWAITABLE_VALUE(real, half, (double, x));

static int inner(int *out, bool deep)
{
	ready();
	while (deep)
		pause();
	*out = 1;
	return 0;
}
AWAITABLE(int, inner, (bool, deep));

static int outer(int *out, void *none)
{
	await_int *in = awaitable(inner, none == NULL);

	return await_wait(in, out);
}
AWAITABLE(int, outer, (void *, none));

static void *wait_for(void *aw)
{
	await_wait((await_int *)aw, NULL);
	return NULL;
}

static void states(void)
{
	static const char quoted[] =
		"quote \" and \n and 0123456789 0123456789";
	await_page *failed = awaitable(fetch, "/nope", -1);
	await_page *resolved = awaitable(fetch, "/etc/motd", 2);
	await_name *name = awaitable(greet, quoted);
	await_real *real = awaitable(half, 5.0);
	await_int *promise = await_promise(int);
	await_int *rejected = await_promise(int);
	await_int *cancelled, *running, *gone;

	(void)awaitable(fetch, "/etc/hosts", 1);
	(void)awaitable(greet, NULL);
	await_wait(failed, NULL);
	await_wait(failed, NULL);
	await_wait(resolved, NULL);
	await_wait(name, NULL);
	await_wait(real, NULL);
	await_reject(rejected, -EPIPE);
	await_nowait(int, -33);
	cancelled = awaitable(inner, false);
	await_cancel(cancelled);
	gone = awaitable(inner, false);
	await_unref(gone);
	(void)awaitable(inner, false); /* in its slot */
	running = awaitable(outer, NULL);
	start(wait_for, promise);
	/* One of them runs it and says that all is ready, the other waits. */
	start(wait_for, running);
	start(wait_for, running);
	until_told();
	exit(0);
}

/* --- many --- */

static int number(int *out, int n)
{
	*out = n;
	return 0;
}
AWAITABLE(int, number, (int, n));

static void many(int count)
{
	for (int i = 0; i < count; i++)
		if (!awaitable(number, i))
			die("awaitable");
	ready();
	until_told();
}

/* --- churn: what a value must be, its function says --- */

static int one(int *out, int n)
{
	*out = n - n + 1;
	return 0;
}
AWAITABLE(int, one, (int, n));

static int two(long *out, int n)
{
	*out = n - n + 2;
	return 0;
}
AWAITABLE(long, two, (int, n));

static int bad(int *out, int n)
{
	*out = n;
	return -EIO;
}
AWAITABLE(int, bad, (int, n));

static int stay(int *out, int n)
{
	*out = n;
	return 0;
}
AWAITABLE(int, stay, (int, n));

/* Running or failed, and the other at the next look. */
static int flip(int *out, int n)
{
	*out = n;
	return -EAGAIN;
}
AWAITABLE(int, flip, (int, n));

static int count;
static void **handles;
static _Atomic(bool) over;
static _Atomic(long) rounds;

static void *make(unsigned int n)
{
	switch (n % 3) {
	case 0:
		return awaitable(one, (int)n);
	case 1:
		return awaitable(two, (int)n);
	default:
		return awaitable(bad, (int)n);
	}
}

/* Each thread has every third handle. */
static void *churn_some(void *first)
{
	unsigned int random = 1 + (unsigned int)(uintptr_t)first;

	/* Relaxed: told some time. */
	while (!atomic_load_explicit(&over, memory_order_relaxed)) {
		int i = (int)(uintptr_t)first;

		for (; i < count; i += 3) {
			random = random * 1103515245u + 12345;
			if (random >> 16 & 1)
				await_core_wait(handles[i], AWAIT_LAYOUT_ANY);
			if (random >> 17 & 1) {
				await_unref((await_int *)handles[i]);
				handles[i] = make(random >> 18);
			}
		}
		atomic_fetch_add_explicit(&rounds, 1, memory_order_relaxed);
	}
	return NULL;
}

static void *flip_one(void *aw)
{
	while (!atomic_load_explicit(&over, memory_order_relaxed))
		await_wait((await_int *)aw, NULL);
	return NULL;
}

static void churn(int n)
{
	count = n;
	handles = calloc((size_t)n, sizeof(*handles));
	if (!handles)
		die("calloc");
	for (int i = 0; i < n; i++) {
		(void)awaitable(stay, i);
		handles[i] = make((unsigned int)i);
	}
	start(flip_one, awaitable(flip, 7));
	for (uintptr_t i = 0; i < 3; i++)
		start(churn_some, (void *)i);
	ready();
	until_told();
	atomic_store_explicit(&over, true, memory_order_relaxed);
	printf("%ld rounds\n",
	       atomic_load_explicit(&rounds, memory_order_relaxed));
}

/* --- refused: each waits for what the other one runs --- */

static await_int *sides[2];

static int cross(int *out, int side)
{
	return await_wait(sides[!side], out);
}
AWAITABLE(int, cross, (int, side));

static void *cross_over(void *side)
{
	for (;;)
		await_wait((await_int *)side, NULL);
	return NULL;
}

static void refused(void)
{
	for (int i = 0; i < 2; i++)
		sides[i] = awaitable(cross, i);
	for (int i = 0; i < 2; i++)
		start(cross_over, sides[i]);
	ready();
	until_told();
}

/* --- two copies of libawait --- */

/* Both: one of the plugin's awaits runs a function of ours, and ours one of
 * the plugin's. */
static void *(*plugin_make)(int (*run)(void));
static int (*plugin_wait)(void *aw);

static void load(const char *path)
{
	void *plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (!plugin) {
		fprintf(stderr, "%s\n", dlerror());
		exit(99);
	}
	*(void **)&plugin_make = dlsym(plugin, "plugin_make");
	*(void **)&plugin_wait = dlsym(plugin, "plugin_wait");
}

static pthread_barrier_t both_run;
static void *theirs;
static await_int *ours;

static int ours_waits(int *out)
{
	pthread_barrier_wait(&both_run);
	*out = plugin_wait(theirs);
	return 0;
}
AWAITABLE(int, ours_waits);

static int theirs_waits(void)
{
	pthread_barrier_wait(&both_run);
	return await_wait(ours, NULL);
}

static void *run_theirs(void *unused)
{
	plugin_wait(theirs);
	return unused;
}

static void ring(const char *path)
{
	load(path);
	pthread_barrier_init(&both_run, NULL, 2);
	theirs = plugin_make(theirs_waits);
	ours = awaitable(ours_waits);
	start(wait_for, ours);
	start(run_theirs, NULL);
	ready();
	until_told();
}

static int nothing(void)
{
	return 0;
}

static void load_late(const char *path)
{
	ready();
	until_told();
	load(path);
	plugin_make(nothing);
	ready();
	until_told();
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const char *arg = argc > 2 ? argv[2] : "0";

	if (!strcmp(what, "states"))
		states();
	else if (!strcmp(what, "many"))
		many(atoi(arg));
	else if (!strcmp(what, "churn"))
		churn(atoi(arg));
	else if (!strcmp(what, "refused"))
		refused();
	else if (!strcmp(what, "ring"))
		ring(arg);
	else if (!strcmp(what, "load"))
		load_late(arg);
	else
		return 99;
	return 0;
}

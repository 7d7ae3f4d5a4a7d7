/* SPDX-License-Identifier: MIT */
/*
 * One operation many times, for test_size.py to count its instructions:
 *
 *     counted OPERATION COUNT    does it COUNT times
 *     counted memory COUNT       prints the resident bytes of COUNT awaits
 *     counted slot 1             prints the bytes of one await's slot
 *
 * Each operation is a function of its own, which is what callgrind counts; all
 * of them run on a process's only thread, or with COUNTED_THREAD in the
 * environment beside one that sleeps. hit() is disassembled, too.
 *
 * With AWAIT_SEAMLESS, as the library is then, nobody can ever listen.
 */
#include <await/await.h>
#include <await/inspect.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#ifdef AWAIT_SEAMLESS
#define await_core_armed() 0
#endif

/* No copies of them either, which would have other names. */
#define NOINLINE __attribute__((noipa))

/* Of the test: all awaits of a run are alive at once. */
#define MOST 1000000

AWAIT_TYPE(int, int);

struct large {
	char bytes[40000];
};
struct larger {
	char bytes[100000];
};
AWAIT_TYPE(large, struct large);
AWAIT_TYPE(larger, struct larger);

int work(int x);
int hit(await_int *aw);
int hit_static(void);
await_int *create(int x);
int first_wait(await_int *aw);
void drop(await_int *aw);
void whole_life(int x);
await_larger *create_larger(void);
void settle(await_int *aw);
void ask(await_int *aw, int fd);
void write_one(int fd);
bool judge(const void *handle);

NOINLINE int work(int x)
{
	return x + 1;
}
AWAITABLE_VALUE(int, work, (int, x));

NOINLINE int hit(await_int *aw)
{
	return await_get(aw);
}

AWAIT_STATIC(shared, work, 0);

NOINLINE int hit_static(void)
{
	return await_get(shared());
}

NOINLINE await_int *create(int x)
{
	return awaitable(work, x);
}

NOINLINE int first_wait(await_int *aw)
{
	return await_wait(aw, NULL);
}

NOINLINE void drop(await_int *aw)
{
	await_unref(aw);
}

NOINLINE void whole_life(int x)
{
	await_int *aw = awaitable(work, x);

	await_wait(aw, NULL);
	await_unref(aw);
}

NOINLINE await_larger *create_larger(void)
{
	return await_promise(larger);
}

NOINLINE void settle(await_int *aw)
{
	if (await_resolve(aw, 1) != 0)
		abort();
}

NOINLINE void ask(await_int *aw, int fd)
{
	if (await_notify(aw, fd) != 0)
		abort();
}

NOINLINE void write_one(int fd)
{
	static const uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) != sizeof(one))
		abort();
}

NOINLINE bool judge(const void *handle)
{
	return await_is_valid(handle);
}

static await_int *awaits[MOST];

static void create_all(int count)
{
	for (int i = 0; i < count; i++)
		awaits[i] = create(i);
}

static void wait_all(int count)
{
	for (int i = 0; i < count; i++)
		first_wait(awaits[i]);
}

static void drop_all(int count)
{
	for (int i = 0; i < count; i++)
		drop(awaits[i]);
}

/* Slots that were used before: what a program does most of the time. */
static void reuse_all(int count)
{
	for (int i = 0; i < count; i++)
		drop(create(i));
}

static void live_all(int count)
{
	for (int i = 0; i < count; i++)
		whole_life(i);
}

static void hit_all(int count)
{
	await_int *aw = create(0);
	int sum = hit(aw);

	for (int i = 0; i < count; i++)
		sum += hit(aw);
	if (sum != count + 1)
		abort();
	drop(aw);
}

static void hit_static_all(int count)
{
	int sum = 0;

	for (int i = 0; i <= count; i++)
		sum += hit_static();
	if (sum != count + 1)
		abort();
}

/* Beside as many freed slots that are all too small. */
static void create_all_larger(int count)
{
	static await_large *large[MOST];

	for (int i = 0; i < count; i++)
		large[i] = await_promise(large);
	for (int i = 0; i < count; i++)
		await_unref(large[i]);
	for (int i = 0; i < count; i++)
		if (!create_larger())
			abort();
}

/* Of the oldest of as many slabs as there are awaits, as these are large. */
static void judge_all(int count)
{
	await_large *first = await_promise(large);

	for (int i = 1; i < count; i++)
		if (!await_promise(large))
			abort();
	for (int i = 0; i < count; i++)
		if (!judge(first) || judge(&count))
			abort();
}

/* asked: an eventfd is told of each. written: it is written to besides. */
static void settle_all(int count, bool asked, bool written)
{
	int fd = eventfd(0, EFD_NONBLOCK);

	for (int i = 0; i < count; i++) {
		awaits[i] = await_promise(int);
		if (asked)
			ask(awaits[i], fd);
		settle(awaits[i]);
		if (written)
			write_one(fd);
		drop(awaits[i]);
	}
}

static long resident_bytes(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (!file || fscanf(file, "%*d %ld", &pages) != 1)
		abort();
	fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

static void print_memory(int count)
{
	long before;

	memset(awaits, 0xff, sizeof(awaits)); /* be resident */
	resident_bytes();		      /* so is stdio */
	before = resident_bytes();
	create_all(count);
	printf("%ld\n", resident_bytes() - before);
}

static void *sleep_on(void *unused)
{
	for (;;)
		pause();
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t other;
	int count = argc == 3 ? atoi(argv[2]) : 0;
	const char *what = argv[1];

	if (count <= 0 || count > MOST)
		return 2;
	if (getenv("COUNTED_THREAD") &&
	    pthread_create(&other, NULL, sleep_on, NULL) != 0)
		return 2;
	if (strcmp(what, "memory") == 0) {
		print_memory(count);
		return 0;
	}
	if (strcmp(what, "slot") == 0) {
		printf("%u\n", work_await_func.slot_size);
		return 0;
	}
	if (strcmp(what, "hit") == 0) {
		hit_all(count);
		return 0;
	}
	if (strcmp(what, "static") == 0) {
		hit_static_all(count);
		return 0;
	}
	if (strcmp(what, "reuse") == 0) {
		reuse_all(count);
		return 0;
	}
	if (strcmp(what, "life") == 0) {
		live_all(count);
		return 0;
	}
	if (strcmp(what, "judge") == 0) {
		judge_all(count);
		return 0;
	}
	if (strcmp(what, "larger") == 0) {
		create_all_larger(count);
		return 0;
	}
	if (strcmp(what, "settle") == 0) {
		settle_all(count, false, true);
		return 0;
	}
	if (strcmp(what, "tell") == 0) {
		settle_all(count, true, false);
		return 0;
	}
	create_all(count);
	if (strcmp(what, "create") == 0)
		return 0;
	wait_all(count);
	if (strcmp(what, "wait") == 0)
		return 0;
	drop_all(count);
	return strcmp(what, "drop") != 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * The programs of docs/gdb.md, one for each argument:
 *   hang   a lock is held across a wait for what needs it
 *   fail   a value is missing, and the program gives up
 *   ring   two awaits wait for each other, on two threads
 *   depth  one function inside itself, three times, and a promise
 *   forgotten  a promise that nobody is left to settle
 *
 * No time decides: who has to sleep first is waited for, by a sink.
 */
#include <await/await.h>
#include <await/sink.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct page {
	int lines;
	const char *title;
};

AWAIT_TYPE(page, struct page);
AWAIT_TYPE(int, int);

static pthread_mutex_t cache = PTHREAD_MUTEX_INITIALIZER;
static sem_t slept, began;

static void on_event(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	(void)event;
	sem_post(&slept);
}

__attribute__((noinline)) static void lock_cache(void)
{
	pthread_mutex_lock(&cache);
}

__attribute__((noinline)) static void checkpoint(void)
{
	__asm__ volatile("" ::: "memory");
}

static int parse(struct page *out, const char *path, int sleepers)
{
	sem_post(&began);
	while (sleepers-- > 0)
		sem_wait(&slept);
	lock_cache();
	*out = (struct page){ .lines = 3, .title = path };
	pthread_mutex_unlock(&cache);
	return 0;
}
AWAITABLE(page, parse, (const char *, path), (int, sleepers));

static int count(int *out, await_page *of)
{
	struct page page;
	int rc = await_wait(of, &page);

	if (rc == 0)
		*out = page.lines;
	return rc;
}
AWAITABLE(int, count, (await_page *, of));

static void *wait_for_count(void *arg)
{
	int lines;

	(void)await_wait((await_int *)arg, &lines);
	return NULL;
}

static int hang(void)
{
	await_page *page = awaitable(parse, "/etc/hosts", 2);
	await_int *lines = awaitable(count, page);
	pthread_t runner, reader;
	int n;

	pthread_mutex_lock(&cache);
	pthread_create(&runner, NULL, wait_for_count, lines);
	sem_wait(&began);
	pthread_create(&reader, NULL, wait_for_count, lines);
	(void)await_wait(lines, &n);
	pthread_mutex_unlock(&cache);
	return 0;
}

static int fetch(struct page *out, const char *path, int depth)
{
	(void)depth;
	if (strstr(path, "missing"))
		return -ENOENT;
	*out = (struct page){ .lines = 7, .title = path };
	return 0;
}
AWAITABLE(page, fetch, (const char *, path), (int, depth));

static int fail(void)
{
	const char *paths[] = { "/index", "/missing", "/about" };
	await_page *pages[3], *unused;
	int lines = 0;

	for (int i = 0; i < 3; i++)
		pages[i] = awaitable(fetch, paths[i], i);
	unused = awaitable(fetch, "/unused", 9);
	for (int i = 0; i < 3; i++) {
		struct page page;

		if (await_wait(pages[i], &page) != 0)
			abort();
		lines += page.lines;
	}
	await_unref(unused);
	return lines;
}

static await_int *first, *second;

static int meet(int *out, int which)
{
	sem_post(&began);
	if (which == 0)
		sem_wait(&slept);
	return await_wait(which ? first : second, out);
}
AWAITABLE(int, meet, (int, which));

static int ring(void)
{
	pthread_t one, two;

	first = awaitable(meet, 0);
	second = awaitable(meet, 1);
	pthread_create(&one, NULL, wait_for_count, first);
	sem_wait(&began);
	pthread_create(&two, NULL, wait_for_count, second);
	pthread_join(one, NULL);
	pthread_join(two, NULL);
	return 0;
}

static int nested(int *out, int depth, await_int *inner)
{
	int rc = 0;

	*out = 0;
	if (inner)
		rc = await_wait(inner, out);
	else
		checkpoint();
	*out += depth;
	return rc;
}
AWAITABLE(int, nested, (int, depth), (await_int *, inner));

static int depth(void)
{
	await_int *inner = NULL, *promise = await_promise(int);
	pthread_t waiter;
	int value;

	pthread_create(&waiter, NULL, wait_for_count, await_ref(promise));
	sem_wait(&slept);
	for (int i = 0; i < 3; i++)
		inner = awaitable(nested, i, inner);
	(void)await_wait(inner, &value);
	await_resolve(promise, value);
	pthread_join(waiter, NULL);
	return value != 3;
}

/* Gives its reference to the thread that waits. */
static int forgotten(void)
{
	await_int *promise = await_promise(int);
	pthread_t waiter;

	pthread_create(&waiter, NULL, wait_for_count, promise);
	sem_wait(&slept);
	checkpoint();
	return 0;
}

int main(int argc, char **argv)
{
	static struct await_sink sink = {
		.event = on_event,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_BLOCK_BEGIN),
	};
	static const struct {
		const char *name;
		int (*run)(void);
	} stories[] = {
		{ "hang", hang },	    { "fail", fail },
		{ "ring", ring },	    { "depth", depth },
		{ "forgotten", forgotten },
	};

	sem_init(&slept, 0, 0);
	sem_init(&began, 0, 0);
	if (await_sink_add(&sink) != 0)
		return 2;
	for (size_t i = 0; i < sizeof(stories) / sizeof(*stories); i++)
		if (argc == 2 && strcmp(argv[1], stories[i].name) == 0)
			return stories[i].run();
	return 2;
}

/* SPDX-License-Identifier: MIT */
/*
 * A program whose stacks are known: each of its arguments is a step. It is
 * built in several ways, by which test_stacks.py tells builds apart; BUILD is
 * in the names of its functions.
 */
#define _GNU_SOURCE
#include <await/await.h>

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#ifndef BUILD
#define BUILD first
#endif
#define JOIN(a, b) a##b
#define NAME(a, b) JOIN(a, b)
#define HERE(name) NAME(name, BUILD)

/* No tail call, and nothing that could be folded with another function. */
#define STAY __asm__ volatile("" : : : "memory")

AWAIT_TYPE(int, int);

static volatile int end_by;

static int value(int *out)
{
	if (end_by)
		raise(end_by);
	*out = 1;
	return 0;
}
AWAITABLE(int, value);

static inline __attribute__((always_inline)) await_int *HERE(inner_)(void)
{
	return awaitable(value);
}

static inline __attribute__((always_inline)) await_int *HERE(middle_)(void)
{
	await_int *aw = HERE(inner_)();

	STAY;
	return aw;
}

static __attribute__((noinline)) await_int *HERE(make_)(void)
{
	await_int *aw = HERE(middle_)();

	STAY;
	return aw;
}

static __attribute__((noinline)) void HERE(wait_for_)(await_int *aw)
{
	int out;

	if (await_wait(aw, &out))
		abort();
	STAY;
}

void HERE(use_)(void);

/* Creates one, waits for it and hits it. */
__attribute__((noinline)) void HERE(use_)(void)
{
	await_int *aw = HERE(make_)();

	HERE(wait_for_)(aw);
	HERE(wait_for_)(aw);
	await_unref(aw);
	STAY;
}

/* --- steps --- */

static void *plugin;
static void *base;

static void load(const char *path)
{
	void *(*where)(void);

	plugin = dlopen(path, RTLD_NOW);
	if (!plugin) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	*(void **)&where = dlsym(plugin, "where");
	base = where();
	printf("%s %p\n", path, base);
}

static void call(void)
{
	void (*plug)(void (*use)(void));

	*(void **)&plug = dlsym(plugin, "plug");
	plug(HERE(use_));
	STAY;
}

/* What no file holds, where the plugin was: calls the function it is given. */
static void generate(void)
{
	/* push %rbp; mov %rsp,%rbp; call *%rdi; pop %rbp; ret */
	static const unsigned char code[] = { 0x55, 0x48, 0x89, 0xe5,
					      0xff, 0xd7, 0x5d, 0xc3 };
	void (*run)(void (*)(void));
	unsigned char *page =
		mmap(base, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	printf("generated %p\n", (void *)page);
	memcpy(page + 0x100, code, sizeof(code));
	*(void **)&run = page + 0x100;
	run(HERE(use_));
	STAY;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* FROM:TO. The clock of file systems is some ticks behind: it moves on first.
 */
static void move(char *paths)
{
	const double begin = now();
	char *to = strchr(paths, ':');

	while (now() < begin + 0.05)
		usleep(1000);
	*to++ = '\0';
	if (rename(paths, to))
		abort();
}

static void step(char **step)
{
	char *more = strchr(*step, '=');

	if (more)
		*more++ = '\0';
	if (!strcmp(*step, "use"))
		HERE(use_)();
	else if (!strcmp(*step, "load"))
		load(more);
	else if (!strcmp(*step, "call"))
		call();
	else if (!strcmp(*step, "unload"))
		dlclose(plugin);
	else if (!strcmp(*step, "generate"))
		generate();
	else if (!strcmp(*step, "rename"))
		move(more);
	else if (!strcmp(*step, "end"))
		end_by = SIGKILL;
	else if (!strcmp(*step, "exec"))
		execv(more, step);
	else
		abort();
}

int main(int argc, char **argv)
{
	(void)argc;
	setvbuf(stdout, NULL, _IONBF, 0);
	while (*++argv)
		step(argv);
	return 0;
}

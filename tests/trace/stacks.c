/* SPDX-License-Identifier: MIT */
/*
 * What test_stacks.py traces: trace-app-stacks CASE[=ARGUMENT]... hits an await
 * in places that are hard to unwind from. The functions of a case begin with
 * its name.
 */
#define _GNU_SOURCE
#include "stacks.h"

#include <await/await.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

AWAIT_TYPE(int, int);

/* Keeps a call from becoming a jump. */
#define STAY() __asm__ volatile("")

static await_int *resolved;

__attribute__((noinline)) static void hit(void)
{
	await_wait(resolved, NULL);
	STAY();
}

__attribute__((noinline)) static int qsort_compare(const void *a, const void *b)
{
	hit();
	return *(const int *)a - *(const int *)b;
}

static void qsort_case(const char *unused)
{
	int numbers[] = { 2, 1 };

	(void)unused;
	qsort(numbers, 2, sizeof(numbers[0]), qsort_compare);
}

static void bare_case(const char *unused)
{
	(void)unused;
	call_bare(hit);
	STAY();
}

static void blind_case(const char *unused)
{
	(void)unused;
	call_blind(hit);
	STAY();
}

/* Its frame has no fixed size: unwind information computes where it is. */
__attribute__((noinline)) static void aligned_call(size_t size)
{
	_Alignas(64) volatile char aligned[64];
	volatile char *more = __builtin_alloca(size);

	aligned[0] = more[0] = 0;
	hit();
	aligned[0]++;
}

static void aligned_case(const char *unused)
{
	(void)unused;
	aligned_call(strlen(__FILE__));
	STAY();
}

static void thrown_case(const char *unused)
{
	(void)unused;
	call_thrown(hit);
	STAY();
}

__attribute__((noinline)) static void tail_jump(void)
{
	hit();
}

static void tail_case(const char *unused)
{
	(void)unused;
	tail_jump();
	STAY();
}

__attribute__((noinline)) static void deep_step(int more)
{
	if (more > 1)
		deep_step(more - 1);
	else
		hit();
	STAY();
}

static void deep_case(const char *depth)
{
	deep_step(atoi(depth));
	STAY();
}

static void *thread_start(void *unused)
{
	hit();
	return unused;
}

static void thread_case(const char *unused)
{
	pthread_t thread;

	(void)unused;
	pthread_create(&thread, NULL, thread_start, NULL);
	pthread_join(thread, NULL);
}

__attribute__((noinline)) static void reload_call(const char *path)
{
	void *module = dlopen(path, RTLD_NOW);
	void (*call)(void (*)(void));

	*(void **)&call = module ? dlsym(module, "call_frame") : NULL;
	if (!call) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	call(hit);
	printf("%p\n", *(void **)&call);
	dlclose(module);
}

/* PREFIX:DIGITS: the files PREFIXn.so, in this order. */
static void reload_case(const char *files)
{
	const char *digits = strchr(files, ':');
	int length = (int)(digits - files);
	char path[512];

	while (*++digits != '\0') {
		snprintf(path, sizeof(path), "%.*s%c.so", length, files,
			 *digits);
		reload_call(path);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(const char *argument);
	} cases[] = {
		{ "qsort", qsort_case },   { "bare", bare_case },
		{ "blind", blind_case },   { "aligned", aligned_case },
		{ "thrown", thrown_case }, { "tail", tail_case },
		{ "deep", deep_case },	   { "thread", thread_case },
		{ "reload", reload_case },
	};

	resolved = await_nowait(int, 1);
	for (int arg = 1; arg < argc; arg++) {
		char *name = strsep(&argv[arg], "=");

		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
			if (strcmp(name, cases[i].name) == 0)
				cases[i].run(argv[arg]);
	}
	await_unref(resolved);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * A program without libawait loads a plug-in that brings it along, and closes
 * that while a thread which used awaits goes on. Then the thread ends, and the
 * program forks and exits. Built three times: as that program, whose argument
 * is the plug-in; and as the plug-in, with libawait.so and with libawait.a.
 */
#ifdef PLUGIN
#include <await/await.h>

AWAIT_TYPE(int, int);

static int twice(int x)
{
	return 2 * x;
}
AWAITABLE_VALUE(int, twice, (int, x));

int use(int x);
int use(int x)
{
	await_int *aw = awaitable(twice, x);
	int value = await_get(aw);

	await_unref(aw);
	return value;
}
#else
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_barrier_t barrier;
static int (*use)(int x);

static void check(int number, int good, const char *what)
{
	printf("%s %d - %s\n", good ? "ok" : "not ok", number, what);
	fflush(stdout);
	if (!good)
		exit(1);
}

static void *use_and_stay(void *used)
{
	*(int *)used = use(4);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return NULL;
}

int main(int argc, char **argv)
{
	void *plugin = argc == 2 ? dlopen(argv[1], RTLD_NOW) : NULL;
	int used = 0, status = -1;
	pthread_t thread;
	pid_t child;

	alarm(60);
	printf("1..5\n");
	check(1, plugin != NULL, "the plug-in is loaded");
	use = (int (*)(int))(uintptr_t)dlsym(plugin, "use");
	pthread_barrier_init(&barrier, NULL, 2);
	pthread_create(&thread, NULL, use_and_stay, &used);
	pthread_barrier_wait(&barrier);
	check(2, used == 8, "a thread used an await of it");
	check(3, dlclose(plugin) == 0, "the plug-in is closed");
	pthread_barrier_wait(&barrier);
	pthread_join(thread, NULL);
	check(4, 1, "the thread ended");
	child = fork();
	if (child == 0)
		_exit(0);
	waitpid(child, &status, 0);
	check(5, status == 0, "a child was forked");
	return 0;
}
#endif

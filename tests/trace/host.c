/* SPDX-License-Identifier: MIT */
/*
 * What test_shape.py traces: a program that knows nothing of awaits, and loads
 * a library that uses them, user.c.
 *
 *     host reload LIBRARY     uses it, unloads it, and again
 *     host threads LIBRARY    uses it in threads that end: ROUNDS of ABREAST
 *     host exec LIBRARY ON    uses it, executes itself in a child with
 *                             LIBAWAIT_TRACE=ON, uses it; prints both pids
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 10, ABREAST = 20, EACH = 3 };

static const char *path;
static void *library;
static long (*run)(int count);

static void load(void)
{
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	*(void **)&run = library ? dlsym(library, "user_run") : NULL;
	if (!run) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
}

static void reload(void)
{
	for (int i = 0; i < 2; i++) {
		load();
		printf("%ld\n", run(EACH));
		dlclose(library);
	}
}

static void *in_thread(void *unused)
{
	run(EACH);
	return unused;
}

static void threads(void)
{
	pthread_t all[ABREAST];

	load();
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < ABREAST; i++)
			pthread_create(&all[i], NULL, in_thread, NULL);
		for (int i = 0; i < ABREAST; i++)
			pthread_join(all[i], NULL);
	}
}

static int execute(char *self, const char *on)
{
	int status = 1;
	pid_t child;

	load();
	run(EACH);
	child = fork();
	if (child == 0) {
		setenv("LIBAWAIT_TRACE", on, 1);
		execl(self, self, "reload", path, (char *)NULL);
		_exit(127);
	}
	waitpid(child, &status, 0);
	run(EACH);
	printf("%d %d\n", (int)getpid(), (int)child);
	return status != 0;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	path = argv[2];
	if (strcmp(argv[1], "reload") == 0)
		reload();
	else if (strcmp(argv[1], "threads") == 0)
		threads();
	else if (strcmp(argv[1], "exec") == 0 && argc == 4)
		return execute(argv[0], argv[3]);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * A program without an environment loads a library that uses awaits: libawait
 * begins then, too. Built twice: as that program, and as the library.
 */
#ifdef LIBRARY
#include <await/await.h>

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

static sem_t inside, go_on;

static int block(int *out)
{
	sem_post(&inside);
	sem_wait(&go_on);
	*out = 1;
	return 0;
}
AWAITABLE(int, block);

static void *wait_for(void *aw)
{
	await_wait((await_int *)aw, NULL);
	return NULL;
}

int forked(void);

/* 0 if a child finds what another thread was running when it was forked to be
 * over, which the library's handler of forks sees to. */
int forked(void)
{
	await_int *aw = awaitable(block);
	pthread_t thread;
	int status;
	pid_t child;

	sem_init(&inside, 0, 0);
	sem_init(&go_on, 0, 0);
	pthread_create(&thread, NULL, wait_for, aw);
	sem_wait(&inside);
	child = fork();
	if (child == 0) {
		alarm(20);
		_exit(await_wait(aw, NULL) == -ECHILD ? 0 : 3);
	}
	waitpid(child, &status, 0);
	sem_post(&go_on);
	pthread_join(thread, NULL);
	await_unref(aw);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 4;
}
#else
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	int (*forked)(void) = NULL;
	void *library;
	int rc;

	(void)argc;
	clearenv();
	library = dlopen(argv[1], RTLD_NOW);
	if (library)
		*(void **)&forked = dlsym(library, "forked");
	rc = forked ? forked() : 2;
	printf("1..1\n%sok 1 - the_library_begins_without_an_environment\n",
	       rc == 0 ? "" : "not ");
	return rc;
}
#endif

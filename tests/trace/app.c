/* SPDX-License-Identifier: MIT */
/* What test_trace.py traces. The lines marked HERE are those it looks for. */
#define _GNU_SOURCE
#include <await/await.h>
#include <await/inspect.h>
#include <await/sink.h>

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

static int failures_left = 1;

static int leaf(int *out, int x)
{
	*out = x * 2;
	return failures_left-- > 0 ? -EIO : 0;
}
AWAITABLE(int, leaf, (int, x));

/* Not inlined: it is looked for in stacks. */
__attribute__((noinline)) static int nest(int *out, int x)
{
	await_int *aw = awaitable(leaf, x); /* HERE inner create */
	int rc = await_wait(aw, out);	    /* HERE inner wait */

	if (rc == -EIO)
		rc = await_wait(aw, out); /* HERE inner retry */
	await_unref(aw);		  /* HERE inner destroy */
	return rc;
}
AWAITABLE(int, nest, (int, x));

__attribute__((noinline)) static await_int *make_outer(int x)
{
	return awaitable(nest, x); /* HERE outer create */
}

__attribute__((noinline)) static int hit(await_int *aw)
{
	return await_get(aw); /* HERE hit */
}

/* The parent makes one await before and one after, its child one between. */
static int with_a_child(void)
{
	await_int *aw = await_nowait(int, 1);
	int status = 1;
	pid_t pid;

	await_unref(aw);
	pid = fork();
	if (pid == 0) {
		failures_left = 0;
		aw = awaitable(leaf, 2);
		status = await_get(aw) != 4;
		await_unref(aw);
		return status;
	}
	waitpid(pid, &status, 0);
	await_unref(await_nowait(int, 3));
	printf("%d %d\n", (int)getpid(), (int)pid);
	return status != 0;
}

/* --- the rarer events --- */

static await_int *promise, *rejected, *itself;

static void *wait_for_promise(void *tid)
{
	*(int *)tid = gettid();
	await_wait(promise, NULL); /* HERE block */
	return NULL;
}

static int settle(int *out)
{
	*out = 0;
	await_resolve(promise, 7); /* HERE resolve */
	return 0;
}
AWAITABLE(int, settle);

static int wait_for_itself(int *out)
{
	int rc = await_wait(itself, NULL); /* HERE cycle */

	*out = 0;
	return rc == -EDEADLK ? 0 : -EINVAL;
}
AWAITABLE(int, wait_for_itself);

static sem_t blocked;

/* The tracer was told before: sinks are called in the order of their adding. */
static void on_block(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	if (event->aw == (struct await *)promise)
		sem_post(&blocked);
}

static int rare(void)
{
	static struct await_sink sink = {
		.event = on_block,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_BLOCK_BEGIN),
	};
	struct timespec long_ago = { 0, 0 };
	await_int *settler = awaitable(settle);
	await_int *cancelled = awaitable(leaf, 1);
	pthread_t thread;
	int tid;

	promise = await_promise(int);
	rejected = await_promise(int);
	itself = awaitable(wait_for_itself);
	await_name(itself, "its own");		    /* HERE name */
	await_wait_until(promise, NULL, &long_ago); /* HERE timed out */
	sem_init(&blocked, 0, 0);
	await_sink_add(&sink);
	pthread_create(&thread, NULL, wait_for_promise, &tid);
	sem_wait(&blocked);
	await_wait(settler, NULL);
	pthread_join(thread, NULL);
	await_reject(rejected, -EPIPE); /* HERE reject */
	await_wait(itself, NULL);
	await_cancel(cancelled); /* HERE cancel */
	printf("%d %d\n", (int)gettid(), tid);
	await_unref(settler);
	await_unref(cancelled);
	await_unref(promise);
	await_unref(rejected);
	await_unref(itself);
	return 0;
}

/* --- the end of a process --- */

static await_int *dropped_at_exit, *dropped_by_destructor;

static void drop_at_exit(void)
{
	await_unref(dropped_at_exit);
}

__attribute__((destructor)) static void drop_by_destructor(void)
{
	await_unref(dropped_by_destructor);
}

static void *exit_here(void *unused)
{
	exit(0);
	return unused;
}

static int exit_inside(int *out)
{
	*out = 0;
	exit(0);
}
AWAITABLE(int, exit_inside);

static void end(const char *how)
{
	pthread_t thread;

	if (!strcmp(how, "_exit"))
		_exit(0);
	if (!strcmp(how, "kill"))
		raise(SIGKILL);
	if (!strcmp(how, "inside"))
		await_wait(awaitable(exit_inside), NULL);
	if (!strcmp(how, "thread")) {
		pthread_create(&thread, NULL, exit_here, NULL);
		pthread_join(thread, NULL);
	}
}

/* Prints how many children it had, which end as soon as they are there. */
static int short_lives(void)
{
	enum { CHILDREN = 8 };

	(void)awaitable(leaf, 1);
	for (int i = 0; i < CHILDREN; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	printf("%d\n", CHILDREN);
	return 0;
}

/* Prints its id, and that of a child for each way to end, and returns. Two
 * awaits are alive in the end, and that which a child ends inside. */
static int ends(void)
{
	static const char *const ways[] = { "_exit", "kill", "inside",
					    "thread" };
	int status;
	pid_t pid;

	(void)awaitable(leaf, 1);
	(void)await_promise(int);
	dropped_at_exit = awaitable(leaf, 1);
	dropped_by_destructor = awaitable(leaf, 1);
	atexit(drop_at_exit);
	printf("return=%d", (int)getpid());
	for (int i = 0; i < 4; i++) {
		fflush(stdout);
		pid = fork();
		if (pid == 0)
			end(ways[i]);
		waitpid(pid, &status, 0);
		printf(" %s=%d", ways[i], (int)pid);
	}
	printf("\n");
	return 0;
}

int main(int argc, char **argv)
{
	await_int *outer, *pending, *now;
	int value = -1, hits = argc > 1 ? atoi(argv[1]) : 3;

	if (argc > 1 && strcmp(argv[1], "fork") == 0)
		return with_a_child();
	if (argc > 1 && strcmp(argv[1], "rare") == 0)
		return rare();
	if (argc > 1 && strcmp(argv[1], "ends") == 0)
		return ends();
	if (argc > 1 && strcmp(argv[1], "short") == 0)
		return short_lives();
	if (argc > 1 && strcmp(argv[1], "stay") == 0) {
		printf("ready\n");
		fflush(stdout);
		return getchar() == EOF ? 0 : 1;
	}
	outer = make_outer(21);
	pending = awaitable(leaf, 1);
	now = await_nowait(int, 5);
	(void)await_wait(outer, &value); /* HERE outer wait */
	for (int i = 0; i < hits; i++)
		value += hit(outer) - value;
	value += hit(now);
	await_unref(outer);
	await_unref(now);
	await_unref(pending); /* HERE pending destroy */
	printf("%d\n", value);
	return value == 47 ? 0 : 1;
}

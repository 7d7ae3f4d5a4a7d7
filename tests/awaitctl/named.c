/* SPDX-License-Identifier: MIT */
/*
 * An await whose every name and argument would be a command to a terminal, or
 * turn its text around, a thread of such a name that runs it, and another await
 * of which a debugger knows the types.
 * Describes it to stdout, writes what await_dump() says to the file, prints
 * "ready", and ends with its stdin.
 */
#define _GNU_SOURCE
#include <await/await.h>
#include <await/inspect.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Names of threads have no more than 15 bytes of it. */
#define EVIL "\033[31m\302\233m\342\200\256\n\t\377"

static int inside[2];

AWAIT_TYPE(int, int);
static int fetch(int *out, const char *path)
{
	*out = path[0];
	return 0;
}
AWAITABLE(int, fetch, (const char *, path));

static int run(struct await *aw)
{
	char byte = 0;

	(void)aw;
	if (write(inside[1], &byte, 1) != 1)
		abort();
	for (;;)
		pause();
}

static const struct await_type type = {
	.name = "type" EVIL,
	.spelling = "spelled" EVIL,
	.size = sizeof(char *),
	.kind = AWAIT_KIND_STRING,
};
static const struct await_arg arg = {
	.name = "arg" EVIL,
	.spelling = "char" EVIL,
	.size = sizeof(char *),
	.kind = AWAIT_KIND_STRING,
};
static const struct await_func func = {
	.name = "function" EVIL,
	.type = &type,
	.args = &arg,
	.run = run,
	.arg_count = 1,
	.args_offset = sizeof(struct await),
	.value_offset = sizeof(struct await),
	.slot_size = 32,
	.origin = AWAIT_LAZY,
	.plain_layout = AWAIT_LAYOUT_NONE,
	.plain_size = AWAIT_SIZE_NONE,
};
/* For debuggers: has a name of its own. */
const struct await_site site = {
	.func = &func,
	.file = "/folder/file" EVIL ".c",
	.function = "place" EVIL,
	.line = 7,
};
struct await *aw;
await_int *fetched;

static void *wait_for(void *unused)
{
	(void)unused;
	prctl(PR_SET_NAME, "t" EVIL);
	await_core_wait(aw, AWAIT_LAYOUT_ANY);
	return NULL;
}

/* Where debuggers look. */
void checkpoint(void);
__attribute__((noinline)) void checkpoint(void)
{
	__asm__ volatile("");
}

__attribute__((noinline)) static void make(void)
{
	static const char text[] = "text" EVIL;
	const char *argument = text;

	aw = await_core_alloc(&site);
	if (!aw)
		exit(1);
	memcpy((char *)aw + func.args_offset, &argument, sizeof(argument));
	await_core_publish(aw, AWAIT_PENDING);
	if (await_core_armed())
		await_core_created(aw);
}

int main(int argc, char **argv)
{
	pthread_t thread;
	char byte, line[2000];
	int file;

	if (argc != 2)
		return 2;
	/* Whoever may look at it may be its debugger, too. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	prctl(PR_SET_NAME, "p" EVIL);
	make();
	fetched = awaitable(fetch, "text" EVIL);
	if (pipe(inside) != 0 ||
	    pthread_create(&thread, NULL, wait_for, NULL) != 0 ||
	    read(inside[0], &byte, 1) != 1)
		return 1;
	await_core_describe(aw, line, sizeof(line));
	file = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (file < 0 || await_dump(file) != 0 || close(file) != 0)
		return 1;
	printf("%s\nready\n", line);
	fflush(stdout);
	checkpoint();
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * What test_trigger.py and test_dump.py record.
 *
 *     awaitctl-triggered fail COUNT EVERY
 *     awaitctl-triggered dump
 *
 * The first waits for COUNT awaits, of which each EVERY-th fails; before and
 * after it waits for a line. The other's state dump halts in the middle until
 * there is a line: this program's process_vm_readv(2), which is how awaits are
 * read, is the one that the libraries call.
 */
#define _GNU_SOURCE
#include <await/await.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

static long every = 1;
static atomic_bool halts;

static int maybe(int *out, int n)
{
	if (n % every == 0)
		return -EIO;
	*out = n;
	return 0;
}
AWAITABLE(int, maybe, (int, n));

static void say(const char *line)
{
	puts(line);
	fflush(stdout);
}

static void expect_line(void)
{
	char line[64];

	if (!fgets(line, sizeof(line), stdin))
		exit(99);
}

/* Its callers' threads are others than the one that waits in pause().
 * Sequential consistency: nothing depends on its cost. */
__attribute__((visibility("default"))) ssize_t
process_vm_readv(pid_t pid, const struct iovec *local, unsigned long locals,
		 const struct iovec *remote, unsigned long remotes,
		 unsigned long flags)
{
	if (atomic_exchange_explicit(&halts, false, memory_order_seq_cst)) {
		say("dumping");
		expect_line();
	}
	return syscall(SYS_process_vm_readv, pid, local, locals, remote,
		       remotes, flags);
}

static void fail(int count)
{
	say("ready");
	expect_line();
	for (int i = 1; i <= count; i++) {
		await_int *aw = awaitable(maybe, i);

		await_wait(aw, NULL);
		await_unref(aw);
	}
	say("done");
	expect_line();
}

static void dump(void)
{
	await_int *aw = awaitable(maybe, 1);

	atomic_store_explicit(&halts, true, memory_order_seq_cst);
	say("ready");
	for (;;)
		pause();
	await_unref(aw);
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "dump")) {
		dump();
	} else if (argc == 4 && !strcmp(argv[1], "fail")) {
		every = atol(argv[3]);
		fail(atoi(argv[2]));
	} else {
		return 98;
	}
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* See peek.h. The kernel does the reading: at an address that is not mapped it
 * stops, where a load would crash. It copies from this process by
 * process_vm_readv(2), or where a sandbox or an emulator refuses that, into a
 * pipe and out again. */
#define _GNU_SOURCE /* process_vm_readv, pipe2 */
#include "libawait/inspect/peek.h"

#include "libawait/core/compiler.h"

#include <await/core.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096u /* the page size, or a fraction of it */

/* How much of size bytes lies on the page where they begin. */
static size_t on_first_page(const void *from, size_t size)
{
	size_t first = PAGE - (uintptr_t)from % PAGE;

	return first < size ? first : size;
}

static long peek_process(void *to, const void *from, size_t size)
{
	size_t first = on_first_page(from, size);
	struct iovec local = { to, size }, remote[2];
	long n;

	/* The kernel reads an iovec as a whole or not at all, so none may span
	 * pages; size is at most a page. */
	remote[0].iov_base = (void *)(uintptr_t)from;
	remote[0].iov_len = first;
	remote[1].iov_base = (void *)((uintptr_t)from + first);
	remote[1].iov_len = size - first;
	n = process_vm_readv(getpid(), &local, 1, remote, 2, 0);
	if (n < 0 && errno == EFAULT)
		return 0;
	return n;
}

/* Size bytes on one page, by an empty pipe: all of them, or 0; -1 if the kernel
 * refuses that, too. Not by write() and read(), where a thread may be
 * cancelled, and which sanitizers watch. */
static long pass_through(const int pipe[2], void *to, const void *from,
			 size_t size)
{
	long n = syscall(SYS_write, pipe[1], from, size);

	if (n < 0)
		return errno == EFAULT ? 0 : -1;
	return syscall(SYS_read, pipe[0], to, (size_t)n) == n ? n : -1;
}

/* A pipe of its own each time: others may peek meanwhile, and so may a signal
 * handler. */
static long peek_pipe(void *to, const void *from, size_t size)
{
	size_t first = on_first_page(from, size);
	int pipe[2];
	long n, more;

	if (pipe2(pipe, O_CLOEXEC | O_NONBLOCK) != 0)
		return -1;
	n = pass_through(pipe, to, from, first);
	if (n == (long)first && first < size) {
		more = pass_through(pipe, (char *)to + first,
				    (const char *)from + first, size - first);
		n = more < 0 ? more : n + more;
	}
	close(pipe[0]);
	close(pipe[1]);
	return n;
}

long peek(void *to, const void *from, size_t size)
{
	static AWAIT_ATOMIC(uint32_t) refused;
	long n;

	if (size == 0)
		return 0;
	/* Relaxed, both: it saves asking again, no more. */
	if (!atomic_load_explicit(&refused, memory_order_relaxed)) {
		n = peek_process(to, from, size);
		if (n >= 0)
			return n;
		atomic_store_explicit(&refused, 1, memory_order_relaxed);
	}
	return peek_pipe(to, from, size);
}

bool peek_works(void)
{
	char from = 1, to;

	return peek(&to, &from, 1) == 1;
}

UNCHECKED static void copy_trusted(void *to, const void *from, size_t size)
{
	const volatile unsigned char *byte = from;

	for (size_t i = 0; i < size; i++)
		((volatile unsigned char *)to)[i] = byte[i];
}

bool peek_all(void *to, const void *from, size_t size)
{
	long n = peek(to, from, size);

	if (n >= 0)
		return n == (long)size;
	if (!from)
		return false;
	copy_trusted(to, from, size);
	return true;
}

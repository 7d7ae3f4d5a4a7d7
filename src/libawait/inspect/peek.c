/* SPDX-License-Identifier: MIT */
/* See peek.h. The kernel does the reading (process_vm_readv(2) of this
 * process): at an address that is not mapped it stops, where a load would
 * crash. */
#define _GNU_SOURCE /* process_vm_readv */
#include "libawait/inspect/peek.h"

#include "libawait/core/compiler.h"

#include <errno.h>
#include <stdint.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096u /* the page size, or a fraction of it */

long peek(void *to, const void *from, size_t size)
{
	size_t first = PAGE - (uintptr_t)from % PAGE;
	struct iovec local = { to, size }, remote[2];
	long n;

	/* The kernel reads an iovec as a whole or not at all, so none may span
	 * pages; size is at most a page. */
	if (first > size)
		first = size;
	remote[0].iov_base = (void *)(uintptr_t)from;
	remote[0].iov_len = first;
	remote[1].iov_base = (void *)((uintptr_t)from + first);
	remote[1].iov_len = size - first;
	n = process_vm_readv(getpid(), &local, 1, remote, 2, 0);
	if (n < 0 && errno == EFAULT)
		return 0;
	return n;
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

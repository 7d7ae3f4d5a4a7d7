/* SPDX-License-Identifier: MIT */
/*
 * Preloaded, stands before functions that unwinders are made of. They find
 * nothing, so stacks tell who was called; with HOOK, dl_iterate_phdr() hits an
 * await.
 */
#define _GNU_SOURCE
#include <await/await.h>

#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>
#include <stdbool.h>
#include <unistd.h>

#ifdef HOOK

AWAIT_TYPE(int, int);

static int (*real)(int (*)(struct dl_phdr_info *, size_t, void *), void *);
static await_int *resolved;

/* Before all others (-z initfirst): later dlsym() may have to wait for a lock
 * of the dynamic linker. */
__attribute__((constructor)) static void find_real(void)
{
	*(void **)&real = dlsym(RTLD_NEXT, "dl_iterate_phdr");
}

int dl_iterate_phdr(int (*callback)(struct dl_phdr_info *, size_t, void *),
		    void *data)
{
	static bool creating; /* which may come here */

	/* LTTng's threads come here, too, before the program's begin. */
	if (gettid() == getpid()) {
		if (!creating) {
			creating = true;
			resolved = await_nowait(int, 1);
		}
		if (resolved)
			await_wait(resolved, NULL);
	}
	return real(callback, data);
}

#else

int unw_backtrace(void **pcs, int size);

int unw_backtrace(void **pcs, int size)
{
	(void)pcs;
	(void)size;
	return 0;
}

int backtrace(void **pcs, int size)
{
	return unw_backtrace(pcs, size);
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The unwinders: libunwind's, and glibc's with libgcc.
 *
 * libunwind has two caches. One, of the process, it can flush; unw_step() uses
 * that alone. The other, of each thread, makes unw_backtrace() the fastest way
 * to walk frames that have no frame pointers, but nothing empties it as long as
 * the thread lives. Where it may be stale, the walk is by unw_step().
 *
 * libunwind goes on where it has no unwind information, guessing by the frame
 * pointer: it may leave out frames, or make up some. libgcc stops there.
 *
 * libunwind exports a backtrace() and functions of libgcc's names, too. So
 * those of glibc and libgcc are looked up in the files they belong to.
 */
#define UNW_LOCAL_ONLY
#include "stack.h"

#include <dlfcn.h>
#include <libunwind.h>
#include <stddef.h>

/* --- libunwind --- */

static bool load_libunwind(void)
{
	return true;
}

static int step(void **pcs, int size)
{
	unw_context_t context;
	unw_cursor_t cursor;
	unw_word_t pc;
	int count = 0;

	if (unw_getcontext(&context) != 0 ||
	    unw_init_local(&cursor, &context) != 0)
		return 0;
	while (count < size && unw_step(&cursor) > 0 &&
	       unw_get_reg(&cursor, UNW_REG_IP, &pc) == 0)
		pcs[count++] = (void *)(uintptr_t)pc;
	return count;
}

static int walk_libunwind(void **pcs, int size, bool stale)
{
	return stale ? step(pcs, size) : unw_backtrace(pcs, size);
}

static bool covered_by_libunwind(uintptr_t pc)
{
	unw_proc_info_t info;

	return unw_get_proc_info_by_ip(unw_local_addr_space, pc, &info, NULL) ==
	       0;
}

static void flush_libunwind(void)
{
	unw_flush_cache(unw_local_addr_space, 0, 0);
}

const struct unwinder unwinder_libunwind = {
	.name = "libunwind",
	.load = load_libunwind,
	.walk = walk_libunwind,
	.covers = covered_by_libunwind,
	.flush = flush_libunwind,
};

/* --- glibc --- */

/* What _Unwind_Find_FDE() fills in. */
struct bases {
	void *text, *data, *function;
};

static int (*glibc_backtrace)(void **pcs, int size);
static const void *(*find_fde)(void *pc, struct bases *bases);

/* The file stays loaded: backtrace() keeps libgcc, the process libc. */
static void *symbol(const char *file, const char *name)
{
	void *handle = dlopen(file, RTLD_LAZY | RTLD_LOCAL);

	return handle ? dlsym(handle, name) : NULL;
}

static bool load_glibc(void)
{
	*(void **)&glibc_backtrace = symbol("libc.so.6", "backtrace");
	*(void **)&find_fde = symbol("libgcc_s.so.1", "_Unwind_Find_FDE");
	return glibc_backtrace && find_fde;
}

static int walk_glibc(void **pcs, int size, bool stale)
{
	(void)stale; /* it keeps nothing */
	return glibc_backtrace(pcs, size);
}

static bool covered_by_libgcc(uintptr_t pc)
{
	struct bases bases;

	return find_fde((void *)pc, &bases) != NULL;
}

static void flush_glibc(void)
{
}

const struct unwinder unwinder_glibc = {
	.name = "glibc",
	.load = load_glibc,
	.walk = walk_glibc,
	.covers = covered_by_libgcc,
	.flush = flush_glibc,
};

/* SPDX-License-Identifier: MIT */
/*
 * The two unwinders: that of libunwind, and that of glibc, which uses libgcc.
 *
 * libunwind has two kinds of cache. That of the process can be flushed, and is
 * the only one that unw_step() uses. That of each thread makes unw_backtrace()
 * the fastest way to walk frames that have no frame pointers, but it cannot be
 * flushed while the thread lives. Where it may be stale, stacks are walked with
 * unw_step().
 *
 * libunwind goes on where it has no unwind information, guessing by the frame
 * pointer: it may leave out frames, or make up some. libgcc stops there.
 *
 * libunwind also exports a backtrace() and functions with the names of
 * libgcc's. So those of glibc and libgcc are looked up in their own files.
 */
#define UNW_LOCAL_ONLY
#include "stack/stack.h"

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

/*
 * unw_backtrace() without our frames. The unwind information of
 * stack_walk_from() claims that its own frame is the given one, so the unwinder
 * continues with the caller of the function to which that frame belongs. A
 * frame begins, as gcc and clang set it up, with the caller's frame pointer and
 * the return address. The caller's other callee-saved registers are unknown.
 */
#if defined(__x86_64__) && !defined(__ILP32__)
#define WALK_FROM stack_walk_from
int __attribute__((visibility("hidden")))
stack_walk_from(void **pcs, int size, const void *frame);

__asm__(".text\n"
	".globl stack_walk_from\n"
	".hidden stack_walk_from\n"
	".type stack_walk_from, @function\n"
	"stack_walk_from:\n"
	".cfi_startproc\n"
	"	endbr64\n"
	"	push %rbp\n"
	".cfi_adjust_cfa_offset 8\n"
	".cfi_offset %rbp, -16\n"
	"	mov %rdx, %rbp\n"
	".cfi_remember_state\n"
	".cfi_def_cfa %rbp, 16\n"
	".cfi_undefined %rbx\n"
	".cfi_undefined %r12\n"
	".cfi_undefined %r13\n"
	".cfi_undefined %r14\n"
	".cfi_undefined %r15\n"
	"	call unw_backtrace@PLT\n"
	"	mov (%rsp), %rbp\n"
	".cfi_restore_state\n"
	"	add $8, %rsp\n"
	".cfi_adjust_cfa_offset -8\n"
	"	ret\n"
	".cfi_endproc\n"
	".size stack_walk_from, . - stack_walk_from\n");
#else
#define WALK_FROM NULL
#endif

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
	.walk_from = WALK_FROM,
	.covers = covered_by_libunwind,
	.flush = flush_libunwind,
};

/* --- glibc --- */

/* The structure that _Unwind_Find_FDE() fills in. */
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
	(void)stale; /* it has no caches */
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

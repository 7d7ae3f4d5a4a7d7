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
 * unw_backtrace() where the frames of ours are left out: a function that says
 * of itself, in its unwind information, that the function of that frame is what
 * it is. Every frame begins with the caller's frame pointer, as gcc and clang
 * set it up, and the return address. What else the caller has in registers it
 * does not know.
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

/* SPDX-License-Identifier: MIT */
/*
 * Call stacks of the calling thread, by one of the unwinders: for the tracer,
 * and for libawait-test, which has a copy of its own.
 *
 * An unwinder calls functions that the program may have replaced, as
 * dl_iterate_phdr(), and those may use awaits: within a capture another one on
 * that thread is empty.
 *
 * A stack ends at its depth, or at the first frame of code without unwind
 * information, since what an unwinder says beyond is a guess; or it is whole.
 * Looking for that information takes long, so addresses that have it are kept.
 *
 * Where a file was unloaded and another one loaded, what is kept of the first
 * may be taken for the second's. glibc counts both; each capture looks at its
 * counts. The process forgets when a file is unloaded. A thread's cache in
 * libunwind cannot: it is stale once a file was loaded after an unloading that
 * the thread lived to see. A thread begins at its first capture, which also
 * warms the unwinder up.
 */
#define _GNU_SOURCE /* dl_iterate_phdr */
#include "stack.h"

#include <await/await.h>

#include <link.h>

#define OURS_MAX 16  /* frames of the library and the tracer, at the most */
#define COVERED 1024 /* a power of two */

/* Constant after stack_begin(). */
static struct stack_options options;

/* Addresses that are in code with unwind information, by their hash. Relaxed:
 * each says what it says alone, and is there no later than the code's
 * unloading, which the program orders after the code's last call. */
static AWAIT_ATOMIC(uintptr_t) covered[COVERED];

/* The count of unloaded files that it was flushed for. */
static AWAIT_ATOMIC(uint64_t) flushed;

struct files {
	uint64_t loaded, unloaded; /* in the life of the process */
};

static __thread struct {
	bool began, capturing;
	bool unloaded;	    /* a file, since it began */
	bool stale;	    /* and one was loaded since */
	struct files files; /* at its last capture */
} self __attribute__((tls_model("initial-exec")));

static int count_files(struct dl_phdr_info *info, size_t size, void *files)
{
	(void)size;
	*(struct files *)files = (struct files){
		.loaded = info->dlpi_adds,
		.unloaded = info->dlpi_subs,
	};
	return 1; /* the first file's will do */
}

static void forget_unloaded(void)
{
	struct files files = { 0, 0 };
	bool unloaded, loaded;

	dl_iterate_phdr(count_files, &files);
	/* Acquire: the flush is done; partner: the release below. Of two
	 * threads that find it undone both do it. */
	if (atomic_load_explicit(&flushed, memory_order_acquire) !=
	    files.unloaded) {
		options.unwinder->flush();
		for (size_t i = 0; i < COVERED; i++)
			atomic_store_explicit(&covered[i], 0,
					      memory_order_relaxed);
		atomic_store_explicit(&flushed, files.unloaded,
				      memory_order_release);
	}
	unloaded = self.began && self.files.unloaded != files.unloaded;
	loaded = self.began && self.files.loaded != files.loaded;
	self.unloaded |= unloaded;
	self.stale |= self.unloaded && loaded;
	self.files = files;
	self.began = true;
}

static bool is_covered(uintptr_t pc)
{
	AWAIT_ATOMIC(uintptr_t) *slot = &covered[(pc ^ pc >> 10) % COVERED];

	if (atomic_load_explicit(slot, memory_order_relaxed) == pc)
		return true;
	if (!options.unwinder->covers(pc))
		return false;
	atomic_store_explicit(slot, pc, memory_order_relaxed);
	return true;
}

/* The index of the frame that addr lies in, or -1. */
static int find_frame(void *const *pcs, int count, uintptr_t addr)
{
	for (int i = 0; i < count && i < OURS_MAX; i++)
		if ((uintptr_t)pcs[i] - 1 == addr)
			return i;
	return -1;
}

static unsigned int walk(uintptr_t *to, unsigned int depth, uintptr_t addr,
			 unsigned int *truncated)
{
	void *pcs[STACK_MOST + OURS_MAX];
	int frames =
		options.unwinder->walk(pcs, (int)depth + OURS_MAX, self.stale);
	int i = find_frame(pcs, frames, addr);
	unsigned int count = 0;

	/* The unwinder failed above the user's frame. */
	if (i < 0) {
		to[0] = addr;
		return 1;
	}
	for (; i < frames && count < depth; i++) {
		uintptr_t pc = (uintptr_t)pcs[i] - 1;

		to[count++] = pc;
		if (!is_covered(pc))
			return count;
	}
	*truncated = i < frames;
	return count;
}

unsigned int stack_walk(uintptr_t *pcs, unsigned int depth, const void *addr,
			unsigned int *truncated)
{
	unsigned int count;

	*truncated = 1;
	if (self.capturing)
		return 0;
	self.capturing = true;
	forget_unloaded();
	count = walk(pcs, depth, (uintptr_t)addr, truncated);
	self.capturing = false;
	return count;
}

void stack_capture(struct stack *stack, const void *addr)
{
	stack->count =
		stack_walk(stack->pcs, options.depth, addr, &stack->truncated);
}

void stack_begin(const struct stack_options *chosen)
{
	struct stack stack;

	options = *chosen;
	stack_capture(&stack, __builtin_return_address(0));
}

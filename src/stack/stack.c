/* SPDX-License-Identifier: MIT */
/*
 * Captures call stacks of the calling thread, with one of the unwinders of
 * unwinders.c: for the tracer, and for libawait-test, which has a copy of its
 * own.
 *
 * An unwinder calls functions that the program may have replaced, such as
 * dl_iterate_phdr(), and those may use awaits: a capture within a capture on
 * the same thread is empty.
 *
 * A stack is complete, or it ends at its depth, or at the first frame of code
 * without unwind information, as an unwinder can only guess what lies beyond.
 * Looking for that information takes long, so addresses that have it are
 * cached.
 *
 * Where a file was unloaded and another one loaded, what is cached of the first
 * must not be taken for the second's. Each capture looks at glibc's counts of
 * both (files.h), unless no file was loaded after us: then no code can be where
 * other code was. The caches of the process are flushed when
 * a file is unloaded. A thread's cache in libunwind cannot be flushed: it is
 * stale once a file was loaded after an unload that happened during the life of
 * the thread, which for us begins at its first capture.
 */
#include "stack/stack.h"

#include "stack/files.h"

#include <await/await.h>

#include <string.h>

#define OURS_MAX 16 /* most frames of the library and the tracer */
#define SETS 512    /* a power of two */
#define WAYS 4
#define OUTER_MAX 16

/* A capture is so short that calls between its parts would be noticeable. */
#define INLINE __attribute__((always_inline)) static inline

/* Constant after stack_begin(). */
static struct stack_options options;

/* Addresses in code with unwind information, by their hash. Relaxed: each entry
 * stands for itself, and is stored before its code is unloaded, which the
 * program orders after the last call of that code. */
static AWAIT_ATOMIC(uintptr_t) covered[SETS][WAYS];

/* The number of unloaded files when covered was last flushed. */
static AWAIT_ATOMIC(uint64_t) flushed;

static __thread struct {
	bool began, capturing;
	bool unloaded;	    /* a file was unloaded since it began */
	bool stale;	    /* and one was loaded after that */
	struct files files; /* at its last capture */
	/* Addresses that are covered, from the end: the last is that of the
	 * outermost frame. In a thread's stacks these change the least. */
	uintptr_t outer[OUTER_MAX];
} self __attribute__((tls_model("initial-exec")));

static void forget_unloaded(void)
{
	struct files files = files_count();
	bool unloaded, loaded;

	if (options.files_seen)
		options.files_seen(&files);
	/* Acquire: the flush is done; partner: the release below. Of two
	 * threads that find it undone both do it. */
	if (atomic_load_explicit(&flushed, memory_order_acquire) !=
	    files.unloaded) {
		options.unwinder->flush();
		for (size_t i = 0; i < (size_t)SETS * WAYS; i++)
			atomic_store_explicit(&covered[i / WAYS][i % WAYS], 0,
					      memory_order_relaxed);
		atomic_store_explicit(&flushed, files.unloaded,
				      memory_order_release);
	}
	unloaded = self.began && self.files.unloaded != files.unloaded;
	loaded = self.began && self.files.loaded != files.loaded;
	self.unloaded |= unloaded;
	if (unloaded)
		memset(self.outer, 0, sizeof(self.outer));
	self.stale |= self.unloaded && loaded;
	self.files = files;
	self.began = true;
}

/* Sets have several ways: if two addresses that are on every stack had to share
 * one entry, each capture would look both up. */
static bool is_covered(uintptr_t pc)
{
	uint64_t hash = (uint64_t)pc * 0x9e3779b97f4a7c15u;
	AWAIT_ATOMIC(uintptr_t) *set = covered[(hash >> 32) % SETS];
	AWAIT_ATOMIC(uintptr_t) *victim = &set[hash >> 62];
	uintptr_t found;

	for (int i = 0; i < WAYS; i++) {
		found = atomic_load_explicit(&set[i], memory_order_relaxed);
		if (found == pc)
			return true;
		if (found == 0) {
			victim = &set[i];
			break;
		}
	}
	if (!options.unwinder->covers(pc))
		return false;
	atomic_store_explicit(victim, pc, memory_order_relaxed);
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

/* Whether the function with that frame was called at addr. */
static bool is_frame_below(const void *frame, uintptr_t addr)
{
	return frame && ((const uintptr_t *)frame)[1] - 1 == addr;
}

/* Walks the stack: return addresses of some frames of ours, then the user's. */
static int walk_all(void **pcs, int depth, uintptr_t addr, const void *frame)
{
	const struct unwinder *unwinder = options.unwinder;

	if (unwinder->walk_from && !self.stale && is_frame_below(frame, addr))
		/* Two more: one frame of ours, and one that shows whether the
		 * stack goes on. */
		return unwinder->walk_from(pcs, depth + 2, frame);
	return unwinder->walk(pcs, depth + OURS_MAX, self.stale);
}

/* Stores four return addresses, lowered by one, and returns whether they are
 * those of outer. */
INLINE bool take_four(uintptr_t *restrict to, void *const *restrict pcs,
		      const uintptr_t *restrict outer)
{
	uintptr_t differ = 0;

	for (int i = 0; i < 4; i++) {
		to[i] = (uintptr_t)pcs[i] - 1;
		differ |= to[i] ^ outer[i];
	}
	return differ == 0;
}

/* Stores the return addresses, lowered by one: depth of them at most, and none
 * after the first that is not covered. Returns how many. */
INLINE unsigned int take(uintptr_t *to, unsigned int depth, void *const *pcs,
			 unsigned int all, unsigned int *truncated)
{
	unsigned int count = all < depth ? all : depth;
	long most = count < OUTER_MAX ? (long)count : OUTER_MAX;
	/* All three point to the end, and are indexed from there. */
	uintptr_t *outer = self.outer + OUTER_MAX, *taken = to + count;
	void *const *found = pcs + count;
	long last = -1; /* index of the outermost address that differs from the
			   last capture */

	while (last - 3 >= -most &&
	       take_four(taken + last - 3, found + last - 3, outer + last - 3))
		last -= 4;
	for (; last >= -most; last--) {
		uintptr_t pc = (uintptr_t)found[last] - 1;

		if (outer[last] != pc)
			break;
		taken[last] = pc;
	}
	for (long i = 0; i <= (long)count + last; i++) {
		to[i] = (uintptr_t)pcs[i] - 1;
		if (!is_covered(to[i]))
			return (unsigned int)i + 1;
	}
	for (; last >= -most; last--)
		outer[last] = taken[last];
	*truncated = count < all;
	return count;
}

INLINE unsigned int walk(uintptr_t *to, unsigned int depth, uintptr_t addr,
			 const void *frame, unsigned int *truncated)
{
	void *pcs[STACK_MOST + OURS_MAX];
	int frames = walk_all(pcs, (int)depth, addr, frame);
	int begin = find_frame(pcs, frames, addr);

	/* The unwinder failed above the user's frame. */
	if (begin < 0) {
		to[0] = addr;
		return 1;
	}
	return take(to, depth, pcs + begin, (unsigned int)(frames - begin),
		    truncated);
}

INLINE unsigned int walk_once(uintptr_t *pcs, unsigned int depth,
			      const void *addr, const void *frame,
			      unsigned int *truncated)
{
	unsigned int count;

	*truncated = 1;
	if (self.capturing)
		return 0;
	self.capturing = true;
	/* Once there is another namespace, which has a list of its own,
	 * r_version is not 1. Volatile: as in files_are_new(). */
	if (!self.began || files_are_new() ||
	    *(volatile int *)&_r_debug.r_version != 1)
		forget_unloaded();
	count = walk(pcs, depth, (uintptr_t)addr, frame, truncated);
	self.capturing = false;
	return count;
}

unsigned int stack_walk(uintptr_t *pcs, unsigned int depth, const void *addr,
			const void *frame, unsigned int *truncated)
{
	return walk_once(pcs, depth, addr, frame, truncated);
}

void stack_capture(struct stack *stack, const void *addr, const void *frame)
{
	stack->count = walk_once(stack->pcs, options.depth, addr, frame,
				 &stack->truncated);
}

void stack_begin(const struct stack_options *chosen)
{
	struct stack stack;

	files_begin();
	options = *chosen;
	stack_capture(&stack, __builtin_return_address(0), NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * Where a block of malloc() ends, given an address that may be one's begin, or
 * any other.
 *
 * glibc keeps a block's size before it, and that of the next one behind it: an
 * address is believed to be a block's if both are sound. Words of other memory
 * could look like that, so static variables and this thread's stack are ruled
 * out first. The sanitizers' malloc() is asked; of others nothing is known.
 * All is read with peek(), as other threads may run meanwhile.
 */
#define _GNU_SOURCE /* _dl_find_object, pthread_getattr_np */
#include "libawait/diag/malloc_block.h"

#include "libawait/inspect/peek.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#define WORD sizeof(uintptr_t)
#define PAGE 4096u
#define ALIGN (2 * WORD) /* of blocks; the smallest is twice as large */
#define FLAGS 7u
#define BEFORE_IN_USE 1u
#define MAPPED 2u

/* Of the sanitizers, where there is one. */
int __sanitizer_get_ownership(const volatile void *at) __attribute__((weak));
size_t __sanitizer_get_allocated_size(const volatile void *at)
	__attribute__((weak));

/* The words before a block; the next block's first belongs to this one. */
struct head {
	uintptr_t before; /* what is mapped before it, of one that is MAPPED */
	uintptr_t size;	  /* with this head, and FLAGS */
};

static bool find_object(struct dl_find_object *object, uintptr_t address)
{
	return _dl_find_object((void *)address, object) == 0;
}

/* Whether malloc() is the one of libc, and not another library's. */
static bool is_of_libc(void)
{
	struct dl_find_object mallocs, libc;

	return find_object(&mallocs, (uintptr_t)malloc) &&
	       find_object(&libc, (uintptr_t)getpid) &&
	       mallocs.dlfo_link_map == libc.dlfo_link_map;
}

void malloc_blocks_open(struct malloc_blocks *blocks)
{
	pthread_attr_t attr;
	void *stack;
	size_t size;

	*blocks = (struct malloc_blocks){ .known = is_of_libc() };
	if (pthread_getattr_np(pthread_self(), &attr) != 0)
		return;
	if (pthread_attr_getstack(&attr, &stack, &size) == 0) {
		blocks->stack_from = (uintptr_t)stack;
		blocks->stack_to = (uintptr_t)stack + size;
	}
	pthread_attr_destroy(&attr);
}

static bool is_sound(uintptr_t size)
{
	size &= ~(uintptr_t)FLAGS;
	return size >= ALIGN && size % ALIGN == 0;
}

static size_t size_of(uintptr_t at)
{
	struct head head;
	uintptr_t size, next;

	if (at < PAGE || peek(&head, (const void *)(at - sizeof(head)),
			      sizeof(head)) != (long)sizeof(head))
		return 0;
	size = head.size & ~(uintptr_t)FLAGS;
	if (!is_sound(head.size) || size < 2 * ALIGN || size > UINTPTR_MAX - at)
		return 0;
	if (head.size & MAPPED)
		return (at - sizeof(head) - head.before) % PAGE == 0 &&
				       (head.before + size) % PAGE == 0 ?
			       size - sizeof(head) :
			       0;
	if (peek(&next, (const void *)(at - WORD + size), WORD) != (long)WORD ||
	    !(next & BEFORE_IN_USE) || !is_sound(next))
		return 0;
	return size - WORD;
}

size_t malloc_block_size(const struct malloc_blocks *blocks, uintptr_t at)
{
	struct dl_find_object object;

	if (__sanitizer_get_ownership && __sanitizer_get_allocated_size)
		return __sanitizer_get_ownership((const void *)at) ?
			       __sanitizer_get_allocated_size(
				       (const void *)at) :
			       0;
	if (!blocks->known || at % ALIGN != 0 || find_object(&object, at) ||
	    (at >= blocks->stack_from && at < blocks->stack_to))
		return 0;
	return size_of(at);
}

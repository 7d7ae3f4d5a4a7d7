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
#define _GNU_SOURCE /* _dl_find_object */
#include "libawait/diag/malloc_block.h"

#include "libawait/inspect/loaded_object.h"
#include "libawait/inspect/peek.h"

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
	uintptr_t before; /* what is mapped before it, of one that is MAPPED;
			   * and since glibc 2.43 a flag for huge pages */
	uintptr_t size;	  /* with this head, and FLAGS */
};

/* Whether malloc() is the one of libc, and not another library's. */
static bool is_of_libc(void)
{
	struct dl_find_object mallocs, libc;

	return loaded_object_find(&mallocs, (void *)(uintptr_t)malloc) &&
	       loaded_object_find(&libc, (void *)(uintptr_t)getpid) &&
	       mallocs.dlfo_link_map == libc.dlfo_link_map;
}

void malloc_blocks_open(struct malloc_blocks *blocks)
{
	blocks->known = is_of_libc();
	own_stack_find(&blocks->stack);
}

static bool is_sound(uintptr_t size)
{
	size &= ~(uintptr_t)FLAGS;
	return size >= ALIGN && size % ALIGN == 0;
}

/* Of a block that is a mapping of its own. Its size reached to the mapping's
 * end, behind which there is nothing; since glibc 2.43 it ends where the head
 * of a next one would begin. */
static size_t mapped_size_of(uintptr_t at, const struct head *head)
{
	uintptr_t size = head->size & ~(uintptr_t)FLAGS;
	uintptr_t before = head->before & ~(uintptr_t)FLAGS;

	if ((at - sizeof(*head) - before) % PAGE != 0)
		return 0;
	if ((before + size) % PAGE == 0)
		return size - sizeof(*head);
	return (before + size + sizeof(*head)) % PAGE == 0 ? size - WORD : 0;
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
		return mapped_size_of(at, &head);
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
	if (!blocks->known || at % ALIGN != 0 ||
	    own_stack_has(&blocks->stack, at) ||
	    loaded_object_find(&object, (const void *)at))
		return 0;
	return size_of(at);
}

/* SPDX-License-Identifier: MIT */
/*
 * A destructor may drop the last reference to the next await, whose destructor
 * drops the next: an end within an end, and so on, as long as the chain is.
 * From the NESTING_MOSTth on such an end is put off, on a list of its thread,
 * and made by the outermost before that returns. So the stack that a chain
 * takes does not grow with it.
 *
 * The outermost is known by its frame. One that a destructor has left by
 * longjmp() never returns: then the next whose frame is no deeper takes its
 * place, and its list.
 */
#include "libawait/core/put_off.h"

#include "libawait/core/compiler.h"
#include "libawait/core/memory.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 64u

static __thread struct {
	uintptr_t outermost; /* its frame; 0: there is none */
	uint32_t depth;
	uint32_t count;
	uint32_t room;
	struct put_off *list;
} ends __attribute__((tls_model("initial-exec")));

uint32_t put_off_enter(const void *frame)
{
	if (ends.outermost == 0 || (uintptr_t)frame >= ends.outermost) {
		ends.outermost = (uintptr_t)frame;
		ends.depth = 0;
	}
	return ++ends.depth;
}

void put_off_leave(uint32_t depth)
{
	ends.depth = depth - 1;
	if (depth > 1)
		return;
	ends.outermost = 0;
	if (ends.room == 0)
		return;
	free(ends.list);
	ends.list = NULL;
	ends.room = 0;
}

static bool grow(void)
{
	uint32_t room = ends.room ? 2 * ends.room : ROOM_FIRST;
	struct put_off *list = memory_alloc(room * sizeof(*list));

	if (!list)
		return false;
	if (ends.count > 0)
		memcpy(list, ends.list, ends.count * sizeof(*list));
	free(ends.list);
	ends.list = list;
	ends.room = room;
	return true;
}

bool put_off_push(struct put_off what)
{
	if (ends.count == ends.room && !grow())
		return false;
	ends.list[ends.count++] = what;
	return true;
}

bool put_off_pop(struct put_off *what)
{
	if (ends.count == 0)
		return false;
	*what = ends.list[--ends.count];
	return true;
}

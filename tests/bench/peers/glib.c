/* SPDX-License-Identifier: MIT */
/*
 * GLib's g_once(), which keeps the value, beside the argument: on the heap,
 * because it outlives its scope; one owner, shared by threads.
 */
#define _GNU_SOURCE
#include "work.h"

#include <glib.h>

struct lazy {
	GOnce once;
	int x;
};

typedef struct lazy *handle;

static gpointer compute(gpointer lazy)
{
	return GINT_TO_POINTER(work(((handle)lazy)->x));
}

static inline handle create(int x)
{
	handle lazy = g_new(struct lazy, 1);

	*lazy = (struct lazy){ G_ONCE_INIT, x };
	return lazy;
}

static inline int wait_for(handle lazy)
{
	return GPOINTER_TO_INT(g_once(&lazy->once, compute, lazy));
}

static inline void drop(handle lazy)
{
	g_free(lazy);
}

#include "loops.h"

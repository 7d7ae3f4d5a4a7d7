/* SPDX-License-Identifier: MIT */
/*
 * A forked child must register with LTTng anew, or its events would carry its
 * parent's process id. LTTng has a library for that, which must be preloaded
 * (liblttng-ust-fork). As the tracer is often loaded without a preload, it does
 * the same itself, unless that library is loaded.
 */
#define _GNU_SOURCE
#include "fork.h"

#include <dlfcn.h>
#include <lttng/ust-fork.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>

/* Signals stay blocked from before the fork to after it. */
static _Thread_local sigset_t blocked;

static void before(void)
{
	lttng_ust_before_fork(&blocked);
}

static void after_in_parent(void)
{
	lttng_ust_after_fork_parent(&blocked);
}

static void after_in_child(void)
{
	lttng_ust_after_fork_child(&blocked);
}

void follow_forks(void)
{
	if (!dlopen("liblttng-ust-fork.so.1", RTLD_LAZY | RTLD_NOLOAD))
		pthread_atfork(before, after_in_parent, after_in_child);
}

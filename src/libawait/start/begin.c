/* SPDX-License-Identifier: MIT */
/*
 * How the library is initialized: once in a process, in the order that is
 * written in begin_once() and at_load().
 *
 * It has one constructor. With libawait.so that runs before any of the
 * program's; with libawait.a the program's own may come first, and so may
 * another library's that was loaded earlier. If one of these makes an await,
 * its thread's first use of the library calls begin() before the await exists.
 * So options are read before there is any await, and before the tracer is
 * loaded, which always happens before main(). Only code that runs before libc
 * itself is initialized (.preinit_array) is earlier, when there is no
 * environment yet. Awaits that are made there are watched as soon as there is
 * one.
 */
#define _GNU_SOURCE /* environ */
#include "libawait/start/begin.h"

#include "libawait/core/asymmetric_barrier.h"
#include "libawait/core/fork.h"
#include "libawait/core/run.h"
#include "libawait/core/slab.h"
#include "libawait/core/thread.h"
#include "libawait/start/debug_options.h"
#include "libawait/start/load_tracer.h"
#include "libawait/start/perturb_options.h"
#include "libawait/start/stay_loaded.h"

#include "abi/debug.h"

#include <pthread.h>
#include <unistd.h>

static void thread_ends(void)
{
	run_end_all();
	slab_thread_exit();
}

static void begin_once(void)
{
	barrier_begin();
	thread_at_exit(thread_ends);
	fork_begin();
	debug_options_read();
	perturb_options_read();
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Nothing that it calls makes an await or uses the thread table, so it never
 * calls itself. */
void begin(void)
{
	/* Without an environment it is too early, or at_load() has been here:
	 * clearenv() takes it away, too. */
	if (environ)
		pthread_once(&once, begin_once);
}

/* 101: the earliest priority that is not reserved for the compiler and libc. */
__attribute__((constructor(101))) static void at_load(void)
{
	pthread_once(&once, begin_once);
	stay_loaded();
	load_tracer();
	await_trap(); /* a debugger that waits for the library finds it */
}

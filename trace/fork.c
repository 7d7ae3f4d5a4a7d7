/* SPDX-License-Identifier: MIT */
/*
 * A forked child must register with LTTng anew, or its events would carry its
 * parent's process id. LTTng has a library for that, which must be preloaded
 * (liblttng-ust-fork). As the tracer is often loaded without a preload, it does
 * the same itself, unless that library is loaded.
 *
 * Children that are made otherwise, by clone(), _Fork() or a system call of the
 * program's own, run no handler, so LTTng does not learn of them; and what
 * registering needs, locks and memory, may be in any state there. They are
 * known by a page that the kernel empties in a copy of the process. Instead of
 * its first event such a child records, in the buffers of its parent, which it
 * has, that it is one; and after that nothing. (liblttng-ust-fork wraps
 * clone(), too: then LTTng comes to know the child.) What shares its parent's
 * memory, as after vfork(), shares its awaits as well, and counts as the same
 * process.
 */
#define _GNU_SOURCE
#include "fork.h"

#include "process.h"
#include "provider.h"
#include "statedump.h"

#include <dlfcn.h>
#include <lttng/ust-fork.h>
#include <lttng/ust-thread.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

/* Where the kernel does not empty pages. */
static struct fork_marks always = { 1, 1 };

struct fork_marks *fork_marks = &always;

/* LTTng's own library follows. */
static bool wrapped;

/* Signals stay blocked from before the fork to after it. */
static _Thread_local sigset_t blocked;
static _Thread_local bool following;

static void before(void)
{
	following = fork_is_followed();
	if (!following)
		return;
	statedump_before_fork();
	if (wrapped)
		return;
	/* A thread's first event takes a lock that is held from here on. */
	lttng_ust_init_thread();
	lttng_ust_before_fork(&blocked);
}

static void after_in_parent(void)
{
	if (!following)
		return;
	if (!wrapped)
		lttng_ust_after_fork_parent(&blocked);
	statedump_after_fork();
}

/*
 * The event is of the parent's, whose buffers are at hand still. If nothing
 * else is recorded of the child, it cannot reach LTTng, as in a chroot. LTTng
 * comes last: there it forks itself, to make the memory by which it learns of
 * session daemons.
 */
static void after_in_child(void)
{
	if (!following)
		return;
	fork_is_known();
	process_forked();
	statedump_after_fork_in_child();
	if (wrapped)
		return;
	lttng_ust_tracepoint(await, process_child, getpid(), 1, NULL);
	lttng_ust_after_fork_child(&blocked);
	statedump_wait_in_child();
}

void fork_is_known(void)
{
	/* Relaxed: as in fork_is_followed(). */
	atomic_store_explicit(&fork_marks->followed, 1, memory_order_relaxed);
}

void fork_tell(void)
{
	/* Relaxed: of several threads one does it. */
	if (!atomic_exchange_explicit(&fork_marks->told, 1,
				      memory_order_relaxed))
		lttng_ust_tracepoint(await, process_child, getpid(), 0, NULL);
}

static void make_marks(void)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	void *page = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return;
	if (madvise(page, size, MADV_WIPEONFORK) == 0)
		fork_marks = page;
	else
		munmap(page, size);
}

void follow_forks(void)
{
	make_marks();
	fork_is_known();
	wrapped = dlopen("liblttng-ust-fork.so.1", RTLD_LAZY | RTLD_NOLOAD);
	pthread_atfork(before, after_in_parent, after_in_child);
}

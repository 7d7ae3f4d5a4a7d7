/* SPDX-License-Identifier: MIT */
/*
 * State dumps: emit the awaits that are alive when a session starts, and
 * the threads that sleep for them, so that its trace describes awaits that were
 * created, and waits that began, earlier, too.
 *
 * LTTng emits a state dump of its own, of the files that are mapped, whenever a
 * session starts or is started again. The last event of that dump is an
 * ordinary tracepoint, so a probe on it is called when the session is
 * recording. The probe runs on LTTng's own thread, which must answer commands;
 * so it starts a thread that dumps or, if there is one already, makes it dump
 * once more.
 *
 * All sessions get every dump; a generation distinguishes the dumps.
 */
#define _GNU_SOURCE /* process_vm_readv */
#include "common/export.h"
#include "provider.h"

#include "fork.h"
#include "process.h"
#include "statedump.h"

#include <errno.h>
#include <lttng/ust-thread.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { STEP_US = 50, WAIT_US = 3000000 };

/* How probes of LTTng's own tracepoint are registered. */
struct lttng_ust_session;
#define STATEDUMP_ARGS "struct lttng_ust_session *, session"
extern int lttng_ust_tracepoint_provider_register(const char *provider,
						  const char *event,
						  void (*probe)(void),
						  void *data,
						  const char *signature);

/* Held during a dump; guards generation and ended. */
static pthread_mutex_t dump_lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t generation;
static bool ended;

/* How many dumps are requested. The dumper ends when it has brought this to
 * 0. */
static AWAIT_ATOMIC(uint32_t) wanted;

/* --- sites, which may lie in libraries that are gone --- */

static const struct await_type unknown_type = { "?", "?", NULL, 0, 0 };
static const struct await_func unknown_func = { .name = "?",
						.type = &unknown_type };
static const struct await_site unknown_site = { &unknown_func, "", "", 0, 0 };

/* Sites that were checked in this dump. Each index caches the site that was
 * last checked there. */
#define SITES 256u
struct dump {
	uint64_t generation;
	uint64_t count;
	struct {
		const struct await_site *site;
		bool sound;
	} sites[SITES];
};

static bool is_readable(const void *at, size_t size)
{
	char to[128];
	_Static_assert(sizeof(struct await_func) <= sizeof(to),
		       "the largest that is_sound() reads");
	struct iovec local = { to, size };
	struct iovec remote = { (void *)(uintptr_t)at, size };

	ssize_t n = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);

	/* Where a sandbox refuses the call, sites are trusted. */
	return n == (ssize_t)size || (n < 0 && errno != EFAULT);
}

static bool is_sound(const struct await_site *site)
{
	return is_readable(site, sizeof(*site)) &&
	       is_readable(site->func, sizeof(*site->func)) &&
	       is_readable(site->func->type, sizeof(*site->func->type)) &&
	       is_readable(site->file, 1) && is_readable(site->func->name, 1) &&
	       is_readable(site->func->type->name, 1);
}

static const struct await_site *sound_site(struct dump *dump,
					   const struct await_site *site)
{
	uint32_t i = (uint32_t)((uintptr_t)site / sizeof(*site)) % SITES;

	if (dump->sites[i].site != site) {
		dump->sites[i].site = site;
		dump->sites[i].sound = site && is_sound(site);
	}
	return dump->sites[i].sound ? site : &unknown_site;
}

/* --- dumping --- */

static int dump_one(const struct await_info *info, void *data)
{
	struct dump *dump = data;
	const struct await_site *site = sound_site(dump, info->site);

	lttng_ust_tracepoint(await, statedump_live, dump->generation, info,
			     site, NULL);
	dump->count++;
	return 0;
}

static int dump_wait(const struct await_wait_info *info, void *data)
{
	struct dump *dump = data;

	lttng_ust_tracepoint(await, statedump_wait, dump->generation, info,
			     NULL);
	return 0;
}

static void emit(struct dump *dump)
{
	dump->generation = ++generation;
	lttng_ust_tracepoint(await, statedump_begin, dump->generation, NULL);
	await_each(dump_one, dump);
	await_each_wait(dump_wait, dump);
	lttng_ust_tracepoint(await, statedump_end, dump->generation,
			     dump->count, NULL);
}

EXPORT uint64_t await_lttng_statedump(void)
{
	struct dump dump = { .count = 0 };

	if (!fork_is_followed() ||
	    !lttng_ust_tracepoint_enabled(await, statedump_live))
		return 0;
	/* A thread's first event takes a lock of LTTng's, which a thread that
	 * forks may hold while it waits for ours. */
	lttng_ust_init_thread();
	pthread_mutex_lock(&dump_lock);
	if (!ended)
		emit(&dump);
	pthread_mutex_unlock(&dump_lock);
	return dump.count;
}

static void *dump_wanted(void *unused)
{
	uint32_t now;

	do {
		/* Acquire: the session that requested the dump is recording;
		 * partner: on_session(). */
		now = atomic_load_explicit(&wanted, memory_order_acquire);
		await_lttng_statedump();
		/* Acquire: as above, for requests that came meanwhile. Release:
		 * partner of the acquire in statedump_wait_in_child(). */
	} while (atomic_fetch_sub_explicit(&wanted, now,
					   memory_order_acq_rel) != now);
	return unused;
}

/* Called on LTTng's thread when a session is recording. In a forked child the
 * program waits for it, so whose child it is comes before its first event. */
static void on_session(void *unused, struct lttng_ust_session *session)
{
	sigset_t all, old;
	pthread_t dumper;

	(void)unused;
	(void)session;
	fork_is_known();
	process_dump();
	/* Release: partner of the acquire in dump_wanted(). */
	if (atomic_fetch_add_explicit(&wanted, 1, memory_order_release) != 0)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (pthread_create(&dumper, NULL, dump_wanted, NULL) == 0)
		pthread_detach(dumper);
	else
		atomic_store_explicit(&wanted, 0, memory_order_relaxed);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* --- fork(): no dump is under way in a child --- */

void statedump_before_fork(void)
{
	pthread_mutex_lock(&dump_lock);
}

void statedump_after_fork(void)
{
	pthread_mutex_unlock(&dump_lock);
}

void statedump_after_fork_in_child(void)
{
	/* Relaxed: the child has one thread. */
	atomic_store_explicit(&wanted, 0, memory_order_relaxed);
	pthread_mutex_unlock(&dump_lock);
}

/* A child often ends at once, or executes another program. An event that ended
 * with it in the middle would keep LTTng from all that comes after it in that
 * buffer, of every process. LTTng waits for its own dump likewise, and as long
 * at most. Without a lock: whoever forks may not wait for LTTng's thread. */
void statedump_wait_in_child(void)
{
	const struct timespec step = { .tv_nsec = STEP_US * 1000 };

	/* Acquire: the dumper has emitted its last event; partner:
	 * dump_wanted(). */
	for (int us = 0;
	     us < WAIT_US &&
	     atomic_load_explicit(&wanted, memory_order_acquire) != 0;
	     us += STEP_US)
		nanosleep(&step, NULL);
}

void statedump_begin(void)
{
	lttng_ust_tracepoint_provider_register("lttng_ust_statedump", "end",
					       (void (*)(void))on_session, NULL,
					       STATEDUMP_ARGS);
}

void statedump_end(void)
{
	pthread_mutex_lock(&dump_lock);
	ended = true;
	pthread_mutex_unlock(&dump_lock);
}

/* SPDX-License-Identifier: MIT */
/*
 * The session of LTTng that records this process.
 *
 *     NONE -> RECORDING <-> STOPPED        any -> NONE: at exit, by an error
 *                                          any -> STUCK: LTTng never answered
 *
 * The first begin makes session, directory and, if there is none, a daemon;
 * they stay until the process ends. Each end stops the session, which empties
 * all buffers, and loads what happened since its begin by the clock that the
 * tracer and this process share. A forked child has nothing of it: to it the
 * state is NONE, and a begin makes a session of its own.
 *
 * Each step with LTTng is done within a limit of time (src/lttng/request.h).
 * Under tracing_lock().
 */
#define _GNU_SOURCE
#include "libawait-test/load/loaded.h"

#include "common/caller.h"
#include "common/export.h"
#include "lttng/daemon.h"
#include "lttng/request.h"
#include "lttng/session.h"

#include <dlfcn.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <lttng/lttng.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STEP_MS = 10, KNOWN_MS = 10000 };

static struct {
	enum { NONE, RECORDING, STOPPED, STUCK } state;
	pid_t process; /* whose all this is */
	unsigned made; /* sessions so far */
	struct daemon daemon;
	struct session session;
	char directory[PATH_MAX];
	uint64_t since;
	size_t lost; /* before since */
} own;

/* A step with LTTng, and what it says: errors belong to threads. */
static struct {
	int (*run)(void);
	char error[2048];
} step;

static int run_step(void *unused)
{
	int rc;

	(void)unused;
	error_clear();
	rc = step.run();
	snprintf(step.error, sizeof(step.error), "%s", await_trace_error());
	return rc;
}

/* 0, or a negative errno and has said why. */
static int within(int (*run)(void))
{
	int rc;

	step.run = run;
	*step.error = '\0';
	rc = lttng_request(LTTNG_REQUEST_S, run_step, NULL,
			   "End it, and run the program again");
	if (*step.error)
		say("%s", step.error);
	if (!lttng_is_stuck())
		return rc ? -EIO : 0;
	own.state = STUCK;
	return -ETIMEDOUT;
}

static int remove_entry(const char *path, const struct stat *status, int type,
			struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

static void remove_directory(void)
{
	nftw(own.directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static int make_directory(void)
{
	const char *where = getenv("TMPDIR");

	if (!where || *where != '/')
		where = "/tmp";
	snprintf(own.directory, sizeof(own.directory), "%s/await-XXXXXX",
		 where);
	if (mkdtemp(own.directory))
		return 0;
	say("cannot make a directory in %s: %s; set TMPDIR to one where you "
	    "may",
	    where, strerror(errno));
	return EXIT_FAILED;
}

/* Whether LTTng knows the tracepoints of this process; negative: an error. */
static int is_known(void)
{
	struct lttng_domain domain = { .type = LTTNG_DOMAIN_UST };
	struct lttng_handle *handle = lttng_create_handle(NULL, &domain);
	struct lttng_event *events = NULL;
	int count = handle ? lttng_list_tracepoints(handle, &events) :
			     -LTTNG_ERR_NOMEM;
	int known = count < 0 ? count : 0;

	for (int i = 0; i < count && !known; i++)
		known = events[i].pid == own.process &&
			!strcmp(events[i].name, "await:create");
	if (count >= 0)
		free(events);
	lttng_destroy_handle(handle);
	return known;
}

/* A process that LTTng knows takes part in sessions from their start on; one
 * that is still on its way, some time later. */
static int wait_until_known(void)
{
	const struct timespec pause = { .tv_nsec = STEP_MS * 1000000L };

	for (int ms = 0; ms < KNOWN_MS; ms += STEP_MS) {
		int known = is_known();

		if (known > 0)
			return 0;
		if (known < 0) {
			say("cannot ask LTTng for tracepoints: %s; is "
			    "lttng-sessiond 2.13 or later, and yours?",
			    lttng_strerror(known));
			return EXIT_FAILED;
		}
		nanosleep(&pause, NULL);
		lttng_request_restart_timeout();
	}
	say("LTTng does not see this process after %d s: is HOME or LTTNG_HOME "
	    "the same as when it began?",
	    KNOWN_MS / 1000);
	return EXIT_FAILED;
}

static int open_session(void)
{
	if (wait_until_known() || make_directory())
		return EXIT_FAILED;
	snprintf(own.session.name, sizeof(own.session.name), "await-test-%d-%u",
		 (int)own.process, ++own.made);
	own.session.where = own.directory;
	if (session_open(&own.session, own.process) == 0)
		return 0;
	remove_directory();
	return EXIT_FAILED;
}

static int open_all(void)
{
	if (daemon_ensure(&own.daemon))
		return EXIT_FAILED;
	if (open_session() == 0)
		return 0;
	daemon_release(&own.daemon);
	return EXIT_FAILED;
}

static int start(void)
{
	return session_start(&own.session);
}

static int stop(void)
{
	return session_stop(&own.session);
}

static int close_all(void)
{
	session_abandon(&own.session);
	daemon_release(&own.daemon);
	return *await_trace_error() ? EXIT_FAILED : 0;
}

/* After an error, and at exit. */
static void forget(void)
{
	if (own.state != STUCK && within(close_all) != -ETIMEDOUT)
		own.state = NONE;
	if (own.state == STUCK && own.daemon.pid > 0)
		kill(own.daemon.pid, SIGKILL);
	remove_directory();
}

static bool is_ours(void)
{
	return own.state != NONE && own.process == getpid();
}

static void at_exit(void)
{
	tracing_lock();
	if (is_ours()) {
		error_clear();
		forget();
		if (*await_trace_error())
			fprintf(stderr, "await: %s\n", await_trace_error());
	}
	tracing_unlock();
}

static int check_tracer(void)
{
	void *tracer = dlopen("libawait-lttng.so.0", RTLD_LAZY | RTLD_NOLOAD);

	if (!tracer) {
		say("the tracer is not in this process: link await-trace, or "
		    "run with LIBAWAIT_TRACE=1");
		return -ENOTSUP;
	}
	dlclose(tracer);
	return 0;
}

static int make(void)
{
	static bool will_end;
	int rc = check_tracer();

	if (rc != 0)
		return rc;
	own.state = NONE;
	own.process = getpid();
	own.lost = 0;
	if (!will_end && atexit(at_exit) != 0) {
		say("no memory for a handler at exit");
		return -ENOMEM;
	}
	will_end = true;
	return within(open_all);
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static int begin(void)
{
	int rc;

	if (is_ours() && own.state == STUCK) {
		say("LTTng did not answer before: end lttng-sessiond and run "
		    "the program again");
		return -ETIMEDOUT;
	}
	if (is_ours() && own.state == RECORDING) {
		say("a session records already: call await_session_end()");
		return -EALREADY;
	}
	rc = is_ours() ? within(start) : make();
	if (rc == 0) {
		own.state = RECORDING;
		own.since = now();
	} else if (is_ours()) {
		forget();
	}
	return rc;
}

EXPORT int await_session_begin(void)
{
	int rc;

	error_clear();
	tracing_lock();
	rc = begin();
	tracing_unlock();
	return rc;
}

static const struct await_trace *end(void)
{
	struct await_trace *trace;
	size_t lost;

	if (!is_ours() || own.state != RECORDING) {
		say("no session records: call await_session_begin() before");
		return NULL;
	}
	if (within(stop) != 0) {
		forget();
		return NULL;
	}
	own.state = STOPPED;
	trace = load_since(own.directory, own.process, own.since);
	if (!trace)
		return NULL;
	lost = trace->lost;
	trace->lost -= own.lost;
	own.lost = lost;
	return trace;
}

EXPORT const struct await_trace *await_session_end(void)
{
	const struct await_trace *trace;

	error_clear();
	tracing_lock();
	trace = end();
	tracing_unlock();
	return trace;
}

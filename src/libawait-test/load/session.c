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
#include "libawait-test/load/load.h"

#include "common/export.h"
#include "lttng/daemon.h"
#include "lttng/request.h"
#include "lttng/session.h"
#include "libawait-test/records/given_names.h"
#include "lttng/ust_app.h"

#include <await/inspect.h>

#include <dlfcn.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
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

/* What LTTng's control notes in a step, which is an error here unless there is
 * another one. */
static struct trouble noted;

static void note(void *unused, const char *line)
{
	(void)unused;
	if (!*noted.text)
		trouble(&noted, "%s", line);
}

static const struct lttng_host host = { .note = note };

struct step {
	int (*run)(struct trouble *why);
};

static int run_step(void *data, struct trouble *why)
{
	const struct step *step = data;

	return step->run(why);
}

/* 0, or a negative errno with the thread's error set. */
static int within(int (*run)(struct trouble *why))
{
	struct step step = { run };
	const struct lttng_request request = {
		.run = run_step,
		.data = &step,
		.advice = "End it, and run the program again",
	};
	struct trouble why;
	int rc;

	*noted.text = '\0';
	rc = lttng_request(&host, &request, &why);
	if (rc)
		error_set(&why);
	error_set(&noted);
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

static int make_directory(struct trouble *why)
{
	const char *where = getenv("TMPDIR");

	if (!where || *where != '/')
		where = "/tmp";
	snprintf(own.directory, sizeof(own.directory), "%s/await-XXXXXX",
		 where);
	if (mkdtemp(own.directory))
		return 0;
	return trouble(why,
		       "cannot make a directory in %s: %s; set TMPDIR to one "
		       "that you may write to",
		       where, strerror(errno));
}

/* A process that LTTng knows takes part in sessions from their start on; one
 * that is still on its way, some time later. */
static int wait_until_known(struct trouble *why)
{
	const struct timespec pause = { .tv_nsec = STEP_MS * 1000000L };

	for (int ms = 0; ms < KNOWN_MS; ms += STEP_MS) {
		int known = ust_app_is_registered(&host, own.process, why);

		if (known)
			return known > 0 ? 0 : -1;
		nanosleep(&pause, NULL);
		lttng_request_restart_timeout();
	}
	return trouble(why,
		       "LTTng does not see this process after %d s: is HOME or "
		       "LTTNG_HOME the same as when it began?",
		       KNOWN_MS / 1000);
}

static int open_session(struct trouble *why)
{
	if (wait_until_known(why) || make_directory(why))
		return -1;
	own.session.host = &host;
	snprintf(own.session.name, sizeof(own.session.name), "await-test-%d-%u",
		 (int)own.process, ++own.made);
	own.session.where = own.directory;
	if (session_open(&own.session, own.process, why) == 0)
		return 0;
	remove_directory();
	return -1;
}

static int open_all(struct trouble *why)
{
	if (daemon_ensure(&own.daemon, &host, why))
		return -1;
	if (open_session(why) == 0) {
		daemon_is_used(&own.daemon);
		return 0;
	}
	daemon_release(&own.daemon);
	return -1;
}

static int start(struct trouble *why)
{
	return session_start(&own.session, why);
}

static int stop(struct trouble *why)
{
	return session_stop(&own.session, why);
}

static int close_all(struct trouble *why)
{
	int rc = session_destroy(&own.session, why);

	daemon_release(&own.daemon);
	return rc;
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

/* Returns rc. */
static int failed(int rc, const char *text)
{
	struct trouble why;

	trouble(&why, "%s", text);
	error_set(&why);
	return rc;
}

static int check_tracer(void)
{
	void *tracer = dlopen("libawait-lttng.so.0", RTLD_LAZY | RTLD_NOLOAD);

	if (!tracer)
		return failed(-ENOTSUP, "the tracer is not in this process: "
					"link await-trace, or run with "
					"LIBAWAIT_TRACE=1");
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
	if (!will_end && atexit(at_exit) != 0)
		return failed(-ENOMEM, "no memory for a handler at exit");
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

	if (is_ours() && own.state == STUCK)
		return failed(-ETIMEDOUT, "LTTng did not answer before: end "
					  "lttng-sessiond and run the program "
					  "again");
	if (is_ours() && own.state == RECORDING)
		return failed(-EALREADY, "a session records already: call "
					 "await_session_end()");
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

/* The state dump has the names that awaits had before, but comes when it may,
 * perhaps after the end: what lives is asked itself. */
static int add_name(const struct await_info *info, void *names)
{
	if (*info->name)
		given_names_set(names, NULL, info->id, info->name);
	return 0;
}

static const struct await_trace *end(void)
{
	struct await_trace *trace;
	struct trouble why;
	size_t lost;

	if (!is_ours() || own.state != RECORDING) {
		failed(0, "no session records: call await_session_begin() "
			  "before");
		return NULL;
	}
	if (within(stop) != 0) {
		forget();
		return NULL;
	}
	own.state = STOPPED;
	trace = load_since(own.directory, own.process, own.since, &why);
	if (!trace) {
		error_set(&why);
		return NULL;
	}
	await_each(add_name, (void *)trace->names);
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

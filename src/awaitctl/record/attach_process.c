/* SPDX-License-Identifier: MIT */
/* See attach_process.h. */
#define _GNU_SOURCE
#include "awaitctl/record/attach_process.h"

#include "awaitctl/common/say.h"
#include "awaitctl/common/signals.h"
#include "awaitctl/record/proc_file.h"
#include "lttng/request.h"
#include "lttng/ust_app.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <time.h>
#include <unistd.h>

enum { STEP_MS = 50, FIND_MS = 10000, DUMP_STEP_MS = 5, DUMP_MS = 5000 };

static int cannot_open(pid_t pid, int error, struct trouble *why)
{
	if (error == EPERM || error == EACCES)
		return trouble(why,
			       "cannot attach to process %d: it is another "
			       "user's; ask that user, or root",
			       (int)pid);
	if (error == EINVAL || error == ENOENT)
		return trouble(why,
			       "cannot attach to %d: it is a thread; give the "
			       "process",
			       (int)pid);
	if (error == ESRCH)
		return trouble(why,
			       "cannot attach to process %d: there is none; "
			       "see `ps`",
			       (int)pid);
	return trouble(why, "cannot attach to process %d: %s", (int)pid,
		       strerror(error));
}

static int check_tracer(const struct attached_process *process,
			struct trouble *why)
{
	FILE *maps = proc_open(process->pid, "maps");

	if (!maps)
		return cannot_open(process->pid, errno, why);
	fclose(maps);
	if (proc_contains(process->pid, "maps", '\n', "/libawait-trace.so"))
		return 0;
	return trouble(why,
		       "process %d (%s) runs without the tracer: start it "
		       "with LIBAWAIT_TRACE=1, or link await-trace",
		       (int)process->pid, process->name);
}

/* The tracer reads the variable when it is loaded. */
static int check_blocking(const struct attached_process *process,
			  struct trouble *why)
{
	if (proc_contains(process->pid, "environ", '\0',
			  "LTTNG_UST_ALLOW_BLOCKING="))
		return 0;
	return trouble(why,
		       "process %d (%s) does not allow --blocking: start it "
		       "with LTTNG_UST_ALLOW_BLOCKING=1",
		       (int)process->pid, process->name);
}

static bool has_ended(const struct attached_process *process)
{
	struct pollfd ended = { .fd = process->pidfd, .events = POLLIN };

	return poll(&ended, 1, 0) > 0;
}

static int ended(const struct attached_process *process, struct trouble *why)
{
	return trouble(why, "process %d (%s) has ended: nothing was recorded",
		       (int)process->pid, process->name);
}

int attach_process_open(struct attached_process *process,
			const struct lttng_host *host,
			const struct record_options *options,
			struct trouble *why)
{
	*process = (struct attached_process){
		.host = host,
		.pid = options->pid,
		.pidfd = pidfd_open(options->pid, 0),
	};
	if (process->pidfd < 0)
		return cannot_open(process->pid, errno, why);
	proc_command(process->pid, process->name, sizeof(process->name));
	if (has_ended(process))
		return ended(process, why);
	if (check_tracer(process, why))
		return -1;
	return options->channels.blocking ? check_blocking(process, why) : 0;
}

void attach_process_close(struct attached_process *process)
{
	statedump_wait_end(&process->statedump);
	if (process->pidfd >= 0)
		close(process->pidfd);
	process->pidfd = -1;
}

int attach_process_find(const struct attached_process *process,
			struct trouble *why)
{
	const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };

	for (int ms = 0; ms < FIND_MS; ms += STEP_MS) {
		int signal = signals_take_stop();

		if (signal) {
			say("stopped before the recording began");
			return 128 + signal;
		}
		if (has_ended(process))
			return ended(process, why);
		/* A daemon that was started just now may refuse at first. */
		if (ust_app_is_registered(process->host, process->pid, why) > 0)
			return 0;
		if (lttng_is_stuck())
			return -1;
		nanosleep(&step, NULL);
	}
	return trouble(why,
		       "process %d (%s) has the tracer, but LTTng's session "
		       "daemon does not know it: is it stopped, or of "
		       "another container or LTTNG_HOME, or of another "
		       "LTTng-UST than its tracer?",
		       (int)process->pid, process->name);
}

int attach_process_expect_statedump(struct attached_process *process,
				    const char *session, struct trouble *why)
{
	return statedump_wait_begin(&process->statedump, process->host, session,
				    process->pid, why);
}

/* Returns as statedump_wait_arrived(). */
static int poll_for_statedump(struct attached_process *process,
			      struct trouble *why)
{
	const struct timespec step = { .tv_nsec = DUMP_STEP_MS * 1000000L };
	int arrived;

	for (int ms = 0;; ms += DUMP_STEP_MS) {
		arrived = statedump_wait_arrived(&process->statedump, why);
		if (arrived || ms >= DUMP_MS || has_ended(process) ||
		    lttng_host_stop_requested(process->host))
			return arrived;
		nanosleep(&step, NULL);
	}
}

void attach_process_wait_for_statedump(struct attached_process *process)
{
	struct trouble why;
	int arrived = poll_for_statedump(process, &why);

	statedump_wait_end(&process->statedump);
	if (arrived < 0)
		say_trouble(&why);
	else if (arrived == 0)
		say("process %d (%s) has not reported yet which awaits are "
		    "alive: they may be missing in the trace, or (unknown)",
		    (int)process->pid, process->name);
}

void attach_process_wait(const struct attached_process *process,
			 void (*snapshot)(struct session *),
			 struct session *session)
{
	siginfo_t info;

	say("recording process %d (%s) until it ends, or Ctrl-C",
	    (int)process->pid, process->name);
	while (!has_ended(process)) {
		int signal = signals_next(STEP_MS, &info);

		if (signal == SIGUSR1)
			snapshot(session);
		else if (signal && signal != SIGCHLD)
			break;
	}
}

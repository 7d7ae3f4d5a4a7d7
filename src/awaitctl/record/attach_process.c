/* SPDX-License-Identifier: MIT */
/* See attach_process.h. */
#define _GNU_SOURCE
#include "awaitctl/record/attach_process.h"

#include "awaitctl/common/say.h"
#include "lttng/session.h"
#include "awaitctl/common/signals.h"
#include "lttng/request.h"

#include <errno.h>
#include <lttng/lttng.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <time.h>
#include <unistd.h>

enum { STEP_MS = 50, FIND_MS = 10000, DUMP_STEP_MS = 5, DUMP_MS = 5000 };

static FILE *open_of(pid_t pid, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	return fopen(path, "re");
}

static int cannot_open(pid_t pid, int error)
{
	if (error == EPERM || error == EACCES)
		say("cannot attach to process %d: it is another user's; ask "
		    "that user, or root",
		    (int)pid);
	else if (error == EINVAL || error == ENOENT)
		say("cannot attach to %d: it is a thread; give the process",
		    (int)pid);
	else if (error == ESRCH)
		say("cannot attach to process %d: there is none; see `ps`",
		    (int)pid);
	else
		say("cannot attach to process %d: %s", (int)pid,
		    strerror(error));
	return EXIT_FAILED;
}

static void read_name(struct attached_process *attached)
{
	FILE *file = open_of(attached->pid, "comm");

	*attached->name = '\0';
	if (file && fgets(attached->name, sizeof(attached->name), file))
		attached->name[strcspn(attached->name, "\n")] = '\0';
	if (file)
		fclose(file);
}

/* Whether text stands in one of the strings, which end in end. */
static bool stands_in(FILE *file, int end, const char *text)
{
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (!found && getdelim(&line, &size, end, file) > 0)
		found = strstr(line, text) != NULL;
	free(line);
	return found;
}

static int check_tracer(const struct attached_process *attached)
{
	FILE *maps = open_of(attached->pid, "maps");
	bool there;

	if (!maps)
		return cannot_open(attached->pid, errno);
	there = stands_in(maps, '\n', "/libawait-trace.so");
	fclose(maps);
	if (there)
		return 0;
	say("process %d (%s) runs without the tracer: start it with "
	    "LIBAWAIT_TRACE=1, or link await-trace",
	    (int)attached->pid, attached->name);
	return EXIT_FAILED;
}

/* The tracer reads that when it is loaded. */
static int check_blocking(const struct attached_process *attached)
{
	FILE *environment = open_of(attached->pid, "environ");
	bool there = false;

	if (environment) {
		there = stands_in(environment, '\0',
				  "LTTNG_UST_ALLOW_BLOCKING=");
		fclose(environment);
	}
	if (there)
		return 0;
	say("process %d (%s) does not allow --blocking: start it with "
	    "LTTNG_UST_ALLOW_BLOCKING=1",
	    (int)attached->pid, attached->name);
	return EXIT_FAILED;
}

static bool has_ended(const struct attached_process *attached)
{
	struct pollfd ended = { .fd = attached->handle, .events = POLLIN };

	return poll(&ended, 1, 0) > 0;
}

static int say_ended(const struct attached_process *attached)
{
	say("process %d (%s) has ended: nothing was recorded",
	    (int)attached->pid, attached->name);
	return EXIT_FAILED;
}

int attach_process_open(struct attached_process *attached,
			const struct record_options *options)
{
	int status;

	attached->pid = options->pid;
	attached->handle = pidfd_open(attached->pid, 0);
	if (attached->handle < 0)
		return cannot_open(attached->pid, errno);
	read_name(attached);
	if (has_ended(attached))
		return say_ended(attached);
	status = check_tracer(attached);
	if (!status && options->channels.blocking)
		status = check_blocking(attached);
	return status;
}

struct lookup {
	struct lttng_handle *handle;
	pid_t pid;
};

/* Returns 0 if LTTng knows of it. */
static int look_up(void *data)
{
	const struct lookup *lookup = data;
	struct lttng_event *events = NULL;
	int count = lttng_list_tracepoints(lookup->handle, &events);
	int status = EXIT_FAILED;

	for (int i = 0; i < count; i++)
		if (events[i].pid == lookup->pid &&
		    strncmp(events[i].name, "await:", 6) == 0)
			status = 0;
	free(events);
	return status;
}

/* 0 once LTTng knows of it, 128 + n if signal n asked to stop before that. */
static int find(const struct attached_process *attached,
		struct lttng_handle *handle)
{
	const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
	struct lookup lookup = { handle, attached->pid };

	for (int ms = 0;
	     ms < FIND_MS && !has_ended(attached) && !lttng_is_stuck();
	     ms += STEP_MS) {
		int signal = signals_stop_asked();

		if (signal)
			return 128 + signal;
		if (lttng_request(LTTNG_REQUEST_S, look_up, &lookup,
				  "Continue or end it") == 0)
			return 0;
		nanosleep(&step, NULL);
	}
	return EXIT_FAILED;
}

int attach_process_find(const struct attached_process *attached)
{
	struct lttng_domain domain = { .type = LTTNG_DOMAIN_UST };
	struct lttng_handle *handle = lttng_create_handle(NULL, &domain);
	int status = handle ? find(attached, handle) : EXIT_FAILED;

	lttng_destroy_handle(handle);
	if (status > EXIT_FAILED)
		say("stopped before the recording began");
	else if (status && has_ended(attached))
		say_ended(attached);
	else if (status && !lttng_is_stuck())
		say("process %d (%s) has the tracer, but LTTng's session "
		    "daemon does not hear of it: is it stopped, or of another "
		    "container or LTTNG_HOME?",
		    (int)attached->pid, attached->name);
	return status;
}

void attach_process_wait_for_statedump(struct attached_process *attached)
{
	const struct timespec step = { .tv_nsec = DUMP_STEP_MS * 1000000L };
	bool came = false;

	for (int ms = 0;
	     !(came = statedump_wait_arrived(&attached->statedump)) &&
	     ms < DUMP_MS && !has_ended(attached) && !stop_asked() &&
	     !lttng_is_stuck();
	     ms += DUMP_STEP_MS)
		nanosleep(&step, NULL);
	statedump_wait_end(&attached->statedump);
	if (!came && !lttng_is_stuck())
		say("process %d (%s) has not said yet which awaits are alive: "
		    "they may be missing in the trace, or (unknown)",
		    (int)attached->pid, attached->name);
}

void attach_process_wait(const struct attached_process *attached,
			 int (*snapshot)(struct session *),
			 struct session *session)
{
	siginfo_t info;

	say("recording process %d (%s) until it ends, or Ctrl-C",
	    (int)attached->pid, attached->name);
	while (!has_ended(attached)) {
		int signal = signals_next(STEP_MS, &info);

		if (signal == SIGUSR1)
			snapshot(session);
		else if (signal && signal != SIGCHLD)
			break;
	}
}

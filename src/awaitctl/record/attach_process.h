/* SPDX-License-Identifier: MIT */
/*
 * awaitctl record --attach PID: a process that runs already, with the tracer
 * in it, is recorded until it ends or awaitctl is asked to stop. It is left
 * alone: nothing is sent to it, and it goes on when the recording ends.
 */
#pragma once

#include "awaitctl/record/record.h"
#include "lttng/statedump_wait.h"

#include <sys/types.h>

struct session;

struct attached_process {
	const struct lttng_host *host;
	pid_t pid;
	int pidfd;     /* the number may be another process's later */
	char name[32]; /* of its command */
	struct statedump_wait statedump;
};

/* Returns 0 if the process is there, is ours and has the tracer, or -1.
 * close() follows in either case. */
int attach_process_open(struct attached_process *process,
			const struct lttng_host *host,
			const struct record_options *options,
			struct trouble *why);
void attach_process_close(struct attached_process *process);

/* Waits until LTTng's session daemon knows of it, which may have been started
 * just now. Returns 0 or -1, or 128 + n if signal n came before. */
int attach_process_find(const struct attached_process *process,
			struct trouble *why);

/* Before the session of that name starts. Returns 0 or -1. */
int attach_process_expect_statedump(struct attached_process *process,
				    const char *session, struct trouble *why);

/* Waits until the awaits that are alive in it are recorded, or says so if that
 * takes long. */
void attach_process_wait_for_statedump(struct attached_process *process);

/* Waits for its end, or for a signal that asks to stop. At each SIGUSR1
 * snapshot(session) is called. */
void attach_process_wait(const struct attached_process *process,
			 void (*snapshot)(struct session *),
			 struct session *session);

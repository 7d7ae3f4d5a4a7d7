/* SPDX-License-Identifier: MIT */
/*
 * awaitctl record --attach PID: a process that runs already, with the tracer
 * in it, is recorded until it ends or awaitctl is asked to stop. It is left
 * alone: nothing is sent to it, and it goes on when the recording ends.
 */
#pragma once

#include "lttng/statedump_wait.h"
#include "awaitctl/record/record.h"

#include <sys/types.h>

struct session;

struct attached_process {
	pid_t pid;
	int handle;    /* a pidfd: the number may be another's later */
	char name[32]; /* what it is called */
	struct statedump_wait statedump;
};

/* Returns 0 if the process is there, is ours and has the tracer, or says why
 * not and returns EXIT_FAILED. */
int attach_process_open(struct attached_process *attached,
			const struct record_options *options);

/* Waits until LTTng's session daemon knows of it, which may have been started
 * just now. Returns 0, or says why not and returns EXIT_FAILED, or 128 + n if
 * signal n came before. */
int attach_process_find(const struct attached_process *attached);

/* Waits until what is alive in it is recorded, which was expected before the
 * session started; not for long: says so if it does not come. */
void attach_process_wait_for_statedump(struct attached_process *attached);

/* Waits for its end, or for a signal that asks to stop. At each SIGUSR1, if
 * that is held, snapshot(session) is called. */
void attach_process_wait(const struct attached_process *attached,
			 int (*snapshot)(struct session *),
			 struct session *session);

/* SPDX-License-Identifier: MIT */
/*
 * The life of a recording. What is set up is taken down in the opposite order,
 * whatever happens in between:
 *
 *     directory > session daemon > session > program runs
 *
 * The session records before the program begins, so nothing is missed. Up to
 * that point a failure, or a signal that asks to stop, leaves nothing behind;
 * from then on the trace is kept.
 */
#include "record.h"

#include "daemon.h"
#include "output.h"
#include "program.h"
#include "say.h"
#include "session.h"
#include "signals.h"

#include <stdio.h>
#include <unistd.h>

/* 128 + n if signal n came before the program could. */
static int interrupted(void)
{
	int signal = signals_stop_asked();

	if (!signal)
		return 0;
	say("stopped before the program began: nothing was recorded");
	return 128 + signal;
}

/* Sets *recorded once the program runs: there is a trace to keep then. */
static int run(char *const argv[], const struct output *output,
	       struct session *session, int *recorded)
{
	int status, closed;
	pid_t pid;

	status = interrupted();
	if (!status)
		status = program_start(&pid, argv);
	if (status) {
		session_abandon(session);
		return status;
	}
	*recorded = 1;
	status = program_wait(pid);
	closed = session_close(session);
	say("%s trace in %s; next: awaitctl report %s",
	    closed ? "INCOMPLETE" : "the", output->path, output->path);
	return status;
}

static int with_daemon(char *const argv[], const struct output *output,
		       int *recorded)
{
	struct daemon daemon;
	struct session session;
	char label[64];
	int status = daemon_ensure(&daemon);

	if (status)
		return status;
	program_label(label, argv[0]);
	snprintf(session.name, sizeof(session.name), "await-%s-%d", label,
		 (int)getpid());
	status = session_open(&session, output->path, 0);
	if (!status)
		status = run(argv, output, &session, recorded);
	daemon_release(&daemon);
	return status;
}

int record(const char *directory, char *const argv[])
{
	struct output output;
	int status, recorded = 0;

	status = program_check(argv[0]);
	if (status)
		return status;
	signals_hold();
	status = output_prepare(&output, directory, argv[0]);
	if (status)
		return status;
	status = with_daemon(argv, &output, &recorded);
	if (!recorded)
		output_discard(&output);
	return status;
}

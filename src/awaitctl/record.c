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
#include "dryrun.h"
#include "output.h"
#include "program.h"
#include "recover.h"
#include "rings.h"
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

/* A snapshot lacks what a process that was killed recorded last. */
static enum recovered finish(struct session *session, struct rings *rings,
			     const struct output *output, int status)
{
	if (session->options->snapshot && status < 128 &&
	    session_snapshot(session) == 0)
		return recover_unneeded(session, rings);
	return recover_end(session, rings, output->path);
}

static void say_end(enum recovered recovered, const struct output *output)
{
	const char *next = recovered == RECOVER_FAILED ? "recover" : "report";
	bool whole = recovered < RECOVER_BROKEN;

	if (recovered == RECOVER_BROKEN)
		say("LTTng's daemons failed: what came when the buffers were "
		    "full by then is lost, uncounted");
	if (recovered == RECOVER_MERGED)
		say("killed in the middle of an event: what other threads did "
		    "after it on its processor may be missing");
	say("%s trace in %s; next: awaitctl %s %s",
	    whole ? "the" : "INCOMPLETE", output->path, next, output->path);
}

/* Sets *recorded once the program runs: there is a trace to keep then. */
static int run(const struct record_options *options, char *const argv[],
	       const struct output *output, struct session *session,
	       struct rings *rings, int *recorded)
{
	int status;
	pid_t pid;

	status = interrupted();
	if (!status)
		status = program_start(&pid, options, argv);
	if (status) {
		session_abandon(session);
		return status;
	}
	*recorded = 1;
	status = program_wait(pid, session_snapshot, session);
	say_end(finish(session, rings, output, status), output);
	return status;
}

static void name_session(struct session *session, const char *program)
{
	char label[64];

	program_label(label, program);
	snprintf(session->name, sizeof(session->name), "await-%s-%d", label,
		 (int)getpid());
}

static int with_daemon(const struct record_options *options, char *const argv[],
		       const struct output *output, int *recorded)
{
	struct daemon daemon;
	struct session session = { .options = &options->channels };
	struct rings rings;
	int status = daemon_ensure(&daemon);

	if (status)
		return status;
	name_session(&session, argv[0]);
	status = rings_make(&rings, output->path,
			    options->shm ? options->shm : RINGS_USUAL,
			    session.name);
	if (!status) {
		session.shm = rings.path;
		status = session_open(&session, output->path, 0);
		if (!status)
			status = run(options, argv, output, &session, &rings,
				     recorded);
		if (!*recorded)
			rings_remove(&rings);
	}
	daemon_release(&daemon);
	return status;
}

static int dry_run(const struct record_options *options, char *const argv[])
{
	struct session session;
	char dated[PATH_MAX];

	name_session(&session, argv[0]);
	output_dated(dated, argv[0]);
	return dryrun_print(options, session.name,
			    options->directory ? options->directory : dated,
			    argv);
}

int record(const struct record_options *options, char *const argv[])
{
	struct output output;
	int status, recorded = 0;

	status = program_check(argv[0]);
	if (status)
		return status;
	if (options->dry_run)
		return dry_run(options, argv);
	signals_hold(options->channels.snapshot);
	status = output_prepare(&output, options->directory, argv[0]);
	if (status)
		return status;
	status = with_daemon(options, argv, &output, &recorded);
	if (!recorded)
		output_discard(&output);
	return status;
}

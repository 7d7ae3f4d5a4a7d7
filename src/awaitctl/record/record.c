/* SPDX-License-Identifier: MIT */
/*
 * The life of a recording. What is set up is taken down in the opposite order,
 * whatever happens in between:
 *
 *     directory or relay daemon > session daemon > session > program runs
 *
 * The session records before the program begins, so nothing is missed. Up to
 * that point a failure, or a signal that asks to stop, leaves nothing behind;
 * from then on the trace is kept. So an error up to that point is returned; at
 * the end (finish.h) each is said, and the rest is done nevertheless.
 *
 * The functions here return 0, or -1 with the reason in *why, or another exit
 * status of awaitctl.
 */
#include "awaitctl/record/record.h"

#include "awaitctl/common/say.h"
#include "awaitctl/common/signals.h"
#include "awaitctl/record/attach_session.h"
#include "awaitctl/record/dry_run.h"
#include "awaitctl/record/finish.h"
#include "awaitctl/record/left_behind.h"
#include "awaitctl/record/program.h"
#include "lttng/trace_format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool record_is_ctf2(const struct record_options *options)
{
	return options->format &&
	       strcmp(options->format, TRACE_FORMAT_CTF_2) == 0;
}

/* 128 + n if signal n asked to stop before the program began. */
static int check_stop(void)
{
	int signal = signals_take_stop();

	if (!signal)
		return 0;
	say("stopped before the program began: nothing was recorded");
	return 128 + signal;
}

static void take_snapshot(struct session *session)
{
	struct trouble why;

	if (!session->options->snapshot)
		say("SIGUSR1 makes a snapshot with --snapshot only: ignored");
	else if (session_snapshot(session, &why))
		say_trouble(&why);
}

static int run_program(struct recording *recording, struct trouble *why)
{
	struct session *session = &recording->session;
	pid_t pid;
	int status;

	program_say_class(recording->argv[0], recording->host);
	if (program_start(&pid, recording->options, &recording->identity,
			  recording->argv, why)) {
		session_abandon(session);
		return -1;
	}
	recording->began = true;
	status = program_wait(pid, take_snapshot, session);
	left_behind_check(&recording->identity, recording->options->wait,
			  take_snapshot, session);
	finish(recording, status);
	return status;
}

static int run_attached(struct recording *recording)
{
	recording->began = true;
	attach_process_wait_for_statedump(&recording->process);
	attach_process_wait(&recording->process, take_snapshot,
			    &recording->session);
	return finish(recording, 0) ? 0 : EXIT_FAILED;
}

/* The session has been opened. */
static int run(struct recording *recording, struct trouble *why)
{
	int status = check_stop();

	if (status) {
		session_abandon(&recording->session);
		return status;
	}
	stream_say_follow(&recording->stream, recording->session.name);
	return recording->argv ? run_program(recording, why) :
				 run_attached(recording);
}

static int make_buffers(struct recording *recording, struct trouble *why)
{
	const char *shm = recording->options->shm;
	struct session *session = &recording->session;

	if (shm_dir_make(&recording->buffers, &recording->stream.output.folder,
			 shm ? shm : SHM_DIR_USUAL, session->name,
			 &recording->identity, why))
		return -1;
	session->shm = recording->buffers.rings;
	return 0;
}

/* A session daemon answers. */
static int with_session(struct recording *recording, struct trouble *why)
{
	const struct record_options *options = recording->options;
	struct session *session = &recording->session;
	struct trouble left;
	int status = 0;

	*session = (struct session){ .host = recording->host,
				     .options = &options->channels,
				     .live_us = options->live_us,
				     .ctf2 = record_is_ctf2(options),
				     .where = recording->stream.where,
				     .daemon = &recording->daemon };
	identity_name(&recording->identity, session->name,
		      sizeof(session->name), recording->name, options->pid);
	if (!recording->argv)
		status = attach_process_find(&recording->process, why);
	if (status)
		return status;
	if (stream_is_local(&recording->stream) && make_buffers(recording, why))
		return -1;
	if (!recording->argv &&
	    attach_process_expect_statedump(&recording->process, session->name,
					    why))
		status = -1;
	else
		status = session_open(session, options->pid, why);
	daemon_is_used(&recording->daemon);
	if (status == 0)
		status = run(recording, why);
	if (session->shm && !recording->began &&
	    shm_dir_remove(&recording->buffers, &left))
		say_trouble(&left);
	return status;
}

/* A session daemon of ours does not wait for ever for a relay daemon that has
 * stopped; what the user wants counts first. */
static int ensure_daemon(struct recording *recording, struct trouble *why)
{
	static const char limit[] = "LTTNG_NETWORK_SOCKET_TIMEOUT";
	bool given = getenv(limit) != NULL;
	int rc;

	setenv(limit, "5000", 0);
	rc = daemon_ensure(&recording->daemon, recording->host, why);
	if (!given)
		unsetenv(limit);
	return rc;
}

static int with_daemon(struct recording *recording, struct trouble *why)
{
	int status;

	if (ensure_daemon(recording, why))
		return -1;
	status = with_session(recording, why);
	attach_process_close(&recording->process);
	daemon_release(&recording->daemon);
	return status;
}

static int with_stream(struct recording *recording, struct trouble *why)
{
	const struct record_options *options = recording->options;
	int status;

	signals_hold(true);
	if (stream_open(&recording->stream, options, recording->host,
			recording->name, &recording->identity, why))
		return -1;
	status = with_daemon(recording, why);
	stream_close(&recording->stream, recording->began);
	return status;
}

static int dry_run(const struct recording *recording, struct trouble *why)
{
	const struct record_options *options = recording->options;
	char session[SESSION_NAME_MAX], dated[PATH_MAX];
	char recordings[IDENTITY_ENVIRONMENT_SIZE];

	identity_name(&recording->identity, session, sizeof(session),
		      recording->name, options->pid);
	output_dated(dated, recording->name);
	identity_environment(&recording->identity, recordings);
	return dry_run_print(options, session, recordings,
			     options->directory ? options->directory : dated,
			     recording->argv, why);
}

static int find_target(struct recording *recording, char *const argv[],
		       struct trouble *why)
{
	if (recording->options->pid) {
		recording->name = recording->process.name;
		return attach_process_open(&recording->process, recording->host,
					   recording->options, why);
	}
	recording->argv = argv;
	recording->name = argv[0];
	return program_check(argv[0], why);
}

static int record_target(const struct record_options *options,
			 char *const argv[], const struct lttng_host *host,
			 struct trouble *why)
{
	struct recording recording = { .options = options, .host = host };
	int status = identity_make(&recording.identity, why);

	recording.process.pidfd = -1;
	if (!status)
		status = find_target(&recording, argv, why);
	if (!status && options->dry_run)
		status = dry_run(&recording, why);
	else if (!status)
		status = with_stream(&recording, why);
	attach_process_close(&recording.process);
	return status;
}

int record(const struct record_options *options, char *const argv[],
	   const struct lttng_host *host)
{
	struct trouble why;
	int status = options->session ?
			     attach_session(options, host, &why) :
			     record_target(options, argv, host, &why);

	return status < 0 ? say_trouble(&why) : status;
}

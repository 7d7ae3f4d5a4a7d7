/* SPDX-License-Identifier: MIT */
/*
 * The life of a recording. What is set up is taken down in the opposite order,
 * whatever happens in between:
 *
 *     directory or relay daemon > session daemon > session > program runs
 *
 * The session records before the program begins, so nothing is missed. Up to
 * that point a failure, or a signal that asks to stop, leaves nothing behind;
 * from then on the trace is kept.
 */
#include "awaitctl/record/record.h"

#include "awaitctl/record/attach_process.h"
#include "lttng/daemon.h"
#include "awaitctl/record/dry_run.h"
#include "awaitctl/tracedir/incomplete.h"
#include "awaitctl/record/attach_session.h"
#include "awaitctl/record/program.h"
#include "awaitctl/recover/recover.h"
#include "awaitctl/report/report.h"
#include "awaitctl/tracedir/shm_dir.h"
#include "awaitctl/common/say.h"
#include "lttng/session.h"
#include "awaitctl/common/signals.h"
#include "awaitctl/record/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is recorded: a program that is started, or a process. */
struct target {
	char *const *argv; /* NULL: a process */
	const char *name;
	struct attached_process attached;
};

/* 128 + n if signal n came before the program could. */
static int interrupted(void)
{
	int signal = signals_stop_asked();

	if (!signal)
		return 0;
	say("stopped before the program began: nothing was recorded");
	return 128 + signal;
}

/* To a directory: with the buffers as its other half. A snapshot lacks what a
 * process that was killed recorded last. */
static enum recovered finish_here(struct session *session,
				  struct stream *stream, struct rings *rings,
				  int status)
{
	if (session->options->snapshot && status < 128 &&
	    session_snapshot(session) == 0)
		return recover_unneeded(session, rings);
	return recover_end(session, rings, stream->where);
}

/* Through a relay daemon. */
static bool finish_there(struct session *session)
{
	int recorded =
		session->options->snapshot ? session_snapshot(session) : 0;
	int stopped = session_stop(session);
	int destroyed = session_destroy(session);

	return !recorded && !stopped && !destroyed;
}

/* Snapshots are numbered from 0, and those we made are known. */
static void say_unmatched(const struct session *session, const char *directory)
{
	const char *event = session->options->trigger.event;
	char last[PATH_MAX];
	unsigned count = (unsigned)find_snapshots(last, directory);

	if (count && strstr(last, "/snapshot-recovered-"))
		count--;
	if (event && count <= session->snapshots)
		say("no %s made a snapshot: none matched before the end",
		    event);
}

static void say_missing(const char *directory)
{
	char why[256];

	if (incomplete_is(directory, why, sizeof(why)))
		say("%s", why);
}

/* A relay daemon that is gone, or a directory, may take long to be noticed by
 * LTTng: so that is said first. Whether it was there to the end is known at the
 * end. Sets *next to what awaitctl is to do with the trace. */
static bool finish(struct session *session, struct stream *stream,
		   struct rings *rings, int status, const char **next)
{
	enum recovered recovered = RECOVER_WHOLE;
	bool whole = stream_is_whole(stream);

	*next = "report";
	if (!stream_is_local(stream))
		whole = finish_there(session) && whole;
	else if (whole)
		recovered = finish_here(session, stream, rings, status);
	else
		recover_unneeded(session, rings);
	if (recovered == RECOVER_BROKEN)
		incomplete_mark(stream->where, RECOVER_BROKEN_WORDS);
	if (recovered == RECOVER_BROKEN || recovered == RECOVER_LOST)
		say_missing(stream->where);
	if (recovered == RECOVER_UNSURE)
		say("killed in the middle of an event: " RECOVER_UNSURE_WORDS);
	if (recovered == RECOVER_MERGED && rings->found.torn)
		say("killed in the middle of an event: it is left out");
	if (recovered == RECOVER_MERGED && rings->found.saved)
		say("LTTng could not write all, but the buffers had it still: "
		    "nothing is lost");
	if (recovered == RECOVER_FAILED)
		*next = "recover";
	if (whole && stream_is_local(stream) && recovered < RECOVER_BROKEN)
		say_unmatched(session, stream->where);
	whole = whole && recovered < RECOVER_LOST && stream_is_whole(stream);
	if (!whole && !stream_is_local(stream))
		stream_mark_incomplete(stream);
	return whole;
}

/* Sets *recorded once the program runs: there is a trace to keep then. */
static int run(struct target *target, struct stream *stream,
	       struct session *session, struct rings *rings, bool *recorded)
{
	int status = interrupted();
	const char *next;
	bool whole;
	pid_t pid;

	if (!status)
		stream_say_follow(stream, session->name);
	if (!status && target->argv)
		status = program_start(&pid, stream->options, target->argv);
	if (status) {
		session_abandon(session);
		return status;
	}
	*recorded = true;
	if (target->argv) {
		status = program_wait(pid, session_snapshot, session);
	} else {
		attach_process_wait_for_statedump(&target->attached);
		attach_process_wait(&target->attached, session_snapshot,
				    session);
	}
	whole = finish(session, stream, rings, status, &next);
	stream_say_end(stream, session->name, whole, next);
	return target->argv || whole ? status : EXIT_FAILED;
}

/* In containers of one host name everything is process 1: a relay daemon would
 * write two sessions of one name and second into one another. */
static void name_session(struct session *session,
			 const struct record_options *options,
			 const char *program)
{
	char label[64];
	unsigned any = (unsigned)getpid();
	int length;

	program_label(label, program);
	length = snprintf(session->name, sizeof(session->name), "await-%s-%d",
			  label, (int)getpid());
	if (!options->stream)
		return;
	getentropy(&any, sizeof(any));
	snprintf(session->name + length, sizeof(session->name) - length,
		 "-%08x", any);
}

/* A session daemon of ours does not wait for ever for a relay daemon that has
 * stopped; what the user wants counts first. */
static int ensure_daemon(struct daemon *daemon)
{
	static const char limit[] = "LTTNG_NETWORK_SOCKET_TIMEOUT";
	bool given = getenv(limit) != NULL;
	int status;

	setenv(limit, "5000", 0);
	status = daemon_ensure(daemon);
	if (!given)
		unsetenv(limit);
	return status;
}

static int with_daemon(struct target *target, struct stream *stream,
		       bool *recorded)
{
	const struct record_options *options = stream->options;
	struct daemon daemon;
	const char *shm = options->shm ? options->shm : RINGS_USUAL;
	struct session session = { .options = &options->channels,
				   .live_us = options->live_us,
				   .where = stream->where };
	struct rings rings;
	int status = ensure_daemon(&daemon);

	if (status)
		return status;
	name_session(&session, options, target->name);
	if (!target->argv)
		status = attach_process_find(&target->attached);
	if (!status && stream_is_local(stream)) {
		status = rings_make(&rings, stream->where, shm, session.name);
		session.shm = status ? NULL : rings.path;
	}
	if (!status && !target->argv)
		status = statedump_wait_begin(&target->attached.statedump,
					      session.name, options->pid);
	if (!status)
		status = session_open(&session, options->pid);
	if (!status)
		status = run(target, stream, &session, &rings, recorded);
	if (session.shm && !*recorded)
		rings_remove(&rings);
	statedump_wait_end(&target->attached.statedump);
	daemon_release(&daemon);
	return status;
}

static int dry_run(const struct record_options *options,
		   const struct target *target)
{
	struct session session;
	char dated[PATH_MAX];

	name_session(&session, options, target->name);
	output_dated(dated, target->name);
	return dry_run_print(options, session.name,
			     options->directory ? options->directory : dated,
			     target->argv);
}

static int find_target(struct target *target,
		       const struct record_options *options, char *const argv[])
{
	*target = (struct target){ .attached = { .handle = -1 } };
	if (options->pid) {
		target->name = target->attached.name;
		return attach_process_open(&target->attached, options);
	}
	target->argv = argv;
	target->name = argv[0];
	return program_check(argv[0]);
}

static int record_target(struct target *target,
			 const struct record_options *options)
{
	struct stream stream;
	bool recorded = false;
	int status;

	if (options->dry_run)
		return dry_run(options, target);
	signals_hold(options->channels.snapshot);
	status = stream_open(&stream, options, target->name);
	if (status)
		return status;
	status = with_daemon(target, &stream, &recorded);
	stream_close(&stream, recorded);
	return status;
}

int record(const struct record_options *options, char *const argv[])
{
	struct target target;
	int status;

	if (options->session)
		return attach_session(options);
	status = find_target(&target, options, argv);
	if (!status)
		status = record_target(&target, options);
	if (target.attached.handle >= 0)
		close(target.attached.handle);
	return status;
}

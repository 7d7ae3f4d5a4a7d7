/* SPDX-License-Identifier: MIT */
/* See finish.h. */
#include "awaitctl/record/finish.h"

#include "awaitctl/common/say.h"
#include "awaitctl/recover/recovery.h"
#include "awaitctl/recover/uncertain_text.h"
#include "awaitctl/tracedir/incomplete.h"
#include "awaitctl/tracedir/snapshots.h"

#include <string.h>

/* Whether a step succeeded; says why not. */
static bool succeeded(int rc, const struct trouble *why)
{
	if (rc)
		say_trouble(why);
	return rc == 0;
}

/* To a directory: with the buffers as its other half. A snapshot lacks what a
 * process that was killed recorded last. */
static void finish_here(struct recording *recording, struct recovery *recovery,
			int status)
{
	struct session *session = &recording->session;
	struct trouble why;

	if (session->options->snapshot && status < 128 &&
	    succeeded(session_snapshot(session, &why), &why))
		recover_unneeded(recovery, session, &recording->buffers);
	else
		recover_end(recovery, session, &recording->buffers);
}

/* Through a relay daemon. */
static bool finish_there(struct session *session)
{
	bool recorded = true, stopped, destroyed;
	struct trouble why;

	if (session->options->snapshot)
		recorded = succeeded(session_snapshot(session, &why), &why);
	stopped = succeeded(session_stop(session, &why), &why);
	destroyed = succeeded(session_destroy(session, &why), &why);
	return recorded && stopped && destroyed;
}

/* Snapshots are numbered from 0, and those we made are known. */
static void say_unmatched(const struct session *session, const char *directory)
{
	const char *event = session->options->trigger.event;
	char last[PATH_MAX];
	unsigned count = (unsigned)snapshots_find(last, directory);

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

static void say_recovered(const struct recovery *recovery,
			  const struct folder *output)
{
	const char *directory = output->path;
	char text[RECOVER_TEXT];
	struct trouble why;

	switch (recovery->outcome) {
	case RECOVER_BROKEN:
		if (incomplete_mark(output, RECOVER_BROKEN_WORDS, &why))
			say_trouble(&why);
		say_missing(directory);
		break;
	case RECOVER_LOST:
		say_missing(directory);
		break;
	case RECOVER_MERGED:
		if (recovery->salvaged.torn)
			say("killed in the middle of an event: it is left out");
		if (recovery->salvaged.unconsumed.rescued)
			say("LTTng could not write all, but the buffers had it "
			    "still: nothing is lost");
		break;
	case RECOVER_UNCERTAIN:
	case RECOVER_WHOLE:
	case RECOVER_FAILED:
		break;
	}
	if (recovery->outcome != RECOVER_FAILED &&
	    recovery->salvaged.is_uncertain) {
		uncertain_text(text, sizeof(text), &recovery->salvaged);
		say("killed in the middle of an event: %s", text);
	}
}

static bool finish_local(struct recording *recording, bool whole, int status,
			 const char **next)
{
	const struct folder *output = &recording->stream.output.folder;
	struct recovery recovery = { .host = recording->host };

	if (!whole) {
		recover_unneeded(&recovery, &recording->session,
				 &recording->buffers);
		return false;
	}
	finish_here(recording, &recovery, status);
	say_recovered(&recovery, output);
	if (recovery.outcome == RECOVER_FAILED)
		*next = "recover";
	if (recovery.outcome < RECOVER_BROKEN)
		say_unmatched(&recording->session, output->path);
	return recovery.outcome < RECOVER_LOST;
}

static void say_nothing(const struct recording *recording, int status)
{
	if (status > 128) {
		say("nothing was recorded: %s was ended by signal %d (%s) "
		    "before it could be, or had no tracer",
		    recording->name, status - 128, strsignal(status - 128));
		return;
	}
	say("nothing was recorded: %s, which ended with status %d, had no "
	    "tracer; does it use libawait, and does ldd find all its libraries?",
	    recording->name, status);
}

/* LTTng may take long to notice that a relay daemon or a directory is gone, so
 * that is checked first; and again at the end, as it may go meanwhile. */
bool finish(struct recording *recording, int status)
{
	struct stream *stream = &recording->stream;
	const char *next = "report";
	struct trouble why;
	bool whole = succeeded(stream_check(stream, &why), &why);

	if (stream_is_local(stream))
		whole = finish_local(recording, whole, status, &next);
	else
		whole = finish_there(&recording->session) && whole;
	whole = whole && succeeded(stream_check(stream, &why), &why);
	if (!whole && !stream_is_local(stream))
		stream_mark_incomplete(stream);
	if (whole && !stream_has_trace(stream))
		say_nothing(recording, status);
	else
		stream_say_end(stream, recording->session.name, whole, next);
	return whole;
}

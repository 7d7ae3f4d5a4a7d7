/* SPDX-License-Identifier: MIT */
/* See recovery.h. */
#include "awaitctl/recover/recovery.h"

#include "awaitctl/recover/merge.h"
#include "awaitctl/recover/uncertain_text.h"
#include "awaitctl/tracedir/incomplete.h"
#include "awaitctl/tracedir/repair.h"
#include "awaitctl/tracedir/shm_dir.h"
#include "awaitctl/tracedir/snapshots.h"
#include "awaitctl/tracedir/tree.h"
#include "lttng/channels.h"
#include "lttng/session.h"
#include "lttng/session_leave.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What there is in the output for a time; one that ends in .new is half done.
 */
#define WRITTEN "ust"	 /* by the consumer */
#define SALVAGED "found" /* of the buffers */
#define SALVAGED_NEW SALVAGED ".new"
#define KEPT "kept" /* links to what is written */
#define KEPT_NEW KEPT ".new"
#define SNAPSHOT_NEW "snapshot.new"

/* Notes the reason if a step failed. Returns rc. */
static int note(const struct recovery *recovery, int rc,
		const struct trouble *why)
{
	if (rc)
		lttng_host_note_trouble(recovery->host, why);
	return rc;
}

static int cannot_make(const struct folder *output, const char *name,
		       struct trouble *why)
{
	return trouble(why, "cannot make %s/%s: %s", output->path, name,
		       strerror(errno));
}

static int salvage_rest(struct salvaged *salvaged, const struct shm_dir *dir,
			const struct folder *output, uint64_t stopped,
			struct trouble *why)
{
	if (tree_remove(output, SALVAGED_NEW))
		return cannot_make(output, SALVAGED_NEW, why);
	if (salvage(&dir->folder, shm_dir_rings(dir), output, SALVAGED_NEW,
		    stopped, salvaged, why) == 0) {
		if (folder_rename(output, SALVAGED_NEW, SALVAGED) == 0)
			return 0;
		cannot_make(output, SALVAGED, why);
	}
	tree_remove(output, SALVAGED_NEW);
	return -1;
}

/* Whether what the buffers hold has been copied, now or before. If they should
 * be empty, it is no failure yet that they cannot be read. stopped: as of a
 * session, if LTTng has ended the streams since. */
static bool find_rest(struct recovery *recovery, const struct shm_dir *dir,
		      uint64_t stopped, bool empty)
{
	struct salvaged *salvaged = &recovery->salvaged;
	const struct folder *output = dir->output;
	char text[RECOVER_TEXT];
	struct trouble why;
	int rc;

	if (folder_has(output, SALVAGED))
		return true;
	rc = salvage_rest(salvaged, dir, output, stopped, &why);
	if (rc && !(empty && salvaged->unknown))
		note(recovery, rc, &why);
	if (rc)
		return false;
	if (salvaged->is_uncertain) {
		uncertain_text(text, sizeof(text), salvaged);
		note(recovery, incomplete_mark(output, text, &why), &why);
	}
	note(recovery,
	     incomplete_mark_lost(output, &salvaged->unconsumed, &why), &why);
	return true;
}

static int link_entry(const struct tree_entry *entry, void *data,
		      struct trouble *why)
{
	const struct folder *output = data;
	char to[PATH_MAX];

	(void)why;
	snprintf(to, sizeof(to), KEPT_NEW "%s", entry->below);
	return entry->type == TREE_DIRECTORY ?
		       folder_mkdir(output, to) :
		       folder_link(output, entry->at, entry->name, to);
}

/* Keeps what was written by links to it, which takes no room. False on a file
 * system that has no hard links. */
static bool keep_written(const struct folder *output)
{
	struct trouble ignored;

	if (folder_has(output, KEPT))
		return true;
	if (tree_remove(output, KEPT_NEW) == 0 &&
	    tree_walk(output, WRITTEN, link_entry, (void *)output, &ignored) ==
		    0 &&
	    folder_rename(output, KEPT_NEW, KEPT) == 0)
		return true;
	tree_remove(output, KEPT_NEW);
	return false;
}

static int put_back(const struct folder *output, struct trouble *why)
{
	if (!folder_has(output, KEPT))
		return 0;
	if (tree_remove(output, WRITTEN) == 0 &&
	    folder_rename(output, KEPT, WRITTEN) == 0)
		return 0;
	return trouble(why,
		       "cannot put %s/" KEPT " back to " WRITTEN
		       ": %s; then: awaitctl recover",
		       output->path, strerror(errno));
}

static bool is_flight_recorder(const struct session *session,
			       const struct folder *output)
{
	char path[PATH_MAX];

	if (session && session->options)
		return session->options->snapshot;
	return !folder_has(output, WRITTEN) &&
	       snapshots_find(path, output->path) > 0;
}

/*
 * What LTTng wrote is whole if it could stop the session, empty the buffers and
 * write all; the last is said when the session is taken down. Otherwise more
 * may be in the buffers, as always in those of a flight recorder.
 */
enum ended {
	ENDED,
	ENDED_WHOLE,
	ENDED_AT_WORK, /* its consumer may still be */
};

/* Clears the session whether or not it has a sub-buffer that can't be read:
 * that takes no longer than what LTTng does otherwise before it takes a session
 * down. */
static enum ended end_session(struct recovery *recovery,
			      struct session *session, struct shm_dir *dir,
			      const struct folder *output)
{
	struct trouble why;
	int stopped = note(recovery, session_stop(session, &why), &why);
	bool at_work = stopped && !session->broken && !session->stuck;
	bool whole = !stopped && folder_has(output, WRITTEN) &&
		     !is_flight_recorder(session, output);
	bool found =
		!at_work && find_rest(recovery, dir, session->stopped, whole);

	if (whole && found && session_leave(session))
		return ENDED_WHOLE;
	if (found && !session->broken && folder_has(output, WRITTEN) &&
	    keep_written(output))
		note(recovery, session_clear(session, &why), &why);
	if (!at_work && !found)
		note(recovery, shm_dir_hide(dir, &why), &why);
	if (note(recovery, session_destroy(session, &why), &why))
		whole = false;
	return at_work ? ENDED_AT_WORK : whole ? ENDED_WHOLE : ENDED;
}

/* Makes one more snapshot of what was salvaged of buffers that were never
 * emptied. */
static int make_snapshot(const struct folder *output, struct trouble *why)
{
	char last[PATH_MAX], name[64];
	int count = snapshots_find(last, output->path);

	snprintf(name, sizeof(name), "snapshot-recovered-%d", count);
	if (tree_remove(output, SNAPSHOT_NEW) ||
	    folder_mkdir(output, SNAPSHOT_NEW))
		return cannot_make(output, SNAPSHOT_NEW, why);
	if (merge_traces(output, SALVAGED, SNAPSHOT_NEW, why))
		return -1;
	if (folder_rename(output, SNAPSHOT_NEW, name))
		return cannot_make(output, name, why);
	return 0;
}

static enum recovered merge(const struct folder *output, bool snapshot,
			    bool broken, struct trouble *why)
{
	bool merged = merge_has_streams(output, SALVAGED);
	int rc = put_back(output, why);

	if (rc == 0 && merged && snapshot)
		rc = make_snapshot(output, why);
	else if (rc == 0 && (merged || broken))
		rc = merge_traces(output, SALVAGED, "", why);
	if (rc)
		return RECOVER_FAILED;
	tree_remove(output, SALVAGED);
	if (broken)
		return RECOVER_BROKEN;
	return merged ? RECOVER_MERGED : RECOVER_WHOLE;
}

/* Makes what there is readable, until somebody recovers the rest. */
static void repair_kept(const struct shm_dir *dir, const struct folder *output)
{
	if (folder_has(output, SALVAGED))
		repair_all(output, output, SALVAGED);
	else
		repair_all(output, &dir->folder, shm_dir_rings(dir));
}

static enum recovered finish(struct recovery *recovery, struct shm_dir *dir,
			     enum recovered outcome)
{
	const struct salvaged *salvaged = &recovery->salvaged;
	struct trouble why;

	if (outcome == RECOVER_FAILED)
		shm_dir_release(dir);
	else
		note(recovery, shm_dir_remove(dir, &why), &why);
	if (outcome <= RECOVER_MERGED &&
	    (salvaged->unconsumed.lost || salvaged->unconsumed.full))
		return RECOVER_LOST;
	if (outcome <= RECOVER_MERGED && salvaged->is_uncertain)
		return RECOVER_UNCERTAIN;
	return outcome;
}

/* LTTng's word must do. */
static enum recovered trust(const struct recovery *recovery,
			    const struct folder *output)
{
	struct trouble why;

	trouble(&why,
		"that %s is whole is LTTng's word alone: its buffers have a "
		"layout that awaitctl does not know",
		output->path);
	lttng_host_note_trouble(recovery->host, &why);
	return RECOVER_WHOLE;
}

void recover_end(struct recovery *recovery, struct session *session,
		 struct shm_dir *dir)
{
	const struct folder *output = dir->output;
	enum recovered outcome = RECOVER_FAILED;
	struct trouble why;
	enum ended ended = ENDED;

	if (session)
		ended = end_session(recovery, session, dir, output);
	else
		find_rest(recovery, dir, 0, false);
	if (ended == ENDED_WHOLE && recovery->salvaged.unknown) {
		outcome = trust(recovery, output);
	} else if (ended != ENDED_AT_WORK && folder_has(output, SALVAGED)) {
		outcome = merge(output, is_flight_recorder(session, output),
				!session || session->broken, &why);
		note(recovery, outcome == RECOVER_FAILED, &why);
	}
	if (outcome == RECOVER_FAILED && ended != ENDED_AT_WORK)
		repair_kept(dir, output);
	if (outcome == RECOVER_WHOLE &&
	    recovery->salvaged.unconsumed.overwritten)
		note(recovery, repair_trace(output, "", &why), &why);
	recovery->outcome = finish(recovery, dir, outcome);
}

void recover_unneeded(struct recovery *recovery, struct session *session,
		      struct shm_dir *dir)
{
	struct trouble why;
	int stopped = note(recovery, session_stop(session, &why), &why);
	int destroyed = note(recovery, session_destroy(session, &why), &why);

	note(recovery, shm_dir_remove(dir, &why), &why);
	recovery->outcome =
		stopped || destroyed ? RECOVER_FAILED : RECOVER_WHOLE;
}

void recover_without_buffers(struct recovery *recovery, struct shm_dir *dir)
{
	const struct folder *output = dir->output;
	struct trouble why;

	recovery->outcome = RECOVER_FAILED;
	if (folder_has(output, SALVAGED)) {
		recovery->outcome = merge(
			output, is_flight_recorder(NULL, output), true, &why);
		note(recovery, recovery->outcome == RECOVER_FAILED, &why);
	}
	if (recovery->outcome == RECOVER_FAILED) {
		note(recovery,
		     trouble(&why,
			     "the buffers of %s are gone: %s; what was written "
			     "before is the trace",
			     output->path, dir->folder.path),
		     &why);
		note(recovery, repair_trace(output, "", &why), &why);
		note(recovery,
		     incomplete_mark(output,
				     "its buffers are gone, and what was in "
				     "them",
				     &why),
		     &why);
	}
	note(recovery, shm_dir_remove(dir, &why), &why);
}

/* SPDX-License-Identifier: MIT */
/* See recovery.h. */
#define _GNU_SOURCE
#include "awaitctl/recover/recovery.h"

#include "awaitctl/recover/merge.h"
#include "awaitctl/tracedir/incomplete.h"
#include "awaitctl/tracedir/repair.h"
#include "awaitctl/tracedir/shm_dir.h"
#include "awaitctl/tracedir/snapshots.h"
#include "awaitctl/tracedir/tree.h"
#include "lttng/channels.h"
#include "lttng/session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Paths in the output; one that ends in .new is half done. */
struct places {
	char written[PATH_MAX];	 /* by the consumer */
	char salvaged[PATH_MAX]; /* of the buffers */
	char salvaged_new[PATH_MAX];
	char kept[PATH_MAX]; /* links to what is written */
	char kept_new[PATH_MAX];
	char snapshot_new[PATH_MAX];
};

static void name_places(struct places *places, const char *output)
{
	const struct {
		char *path;
		const char *name;
	} all[] = {
		{ places->written, "ust" },
		{ places->salvaged, "found" },
		{ places->salvaged_new, "found.new" },
		{ places->kept, "kept" },
		{ places->kept_new, "kept.new" },
		{ places->snapshot_new, "snapshot.new" },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		snprintf(all[i].path, PATH_MAX, "%s/%s", output, all[i].name);
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* Notes the reason if a step failed. Returns rc. */
static int note(const struct recovery *recovery, int rc,
		const struct trouble *why)
{
	if (rc)
		lttng_host_note_trouble(recovery->host, why);
	return rc;
}

static int salvage_rest(struct salvaged *salvaged, const struct shm_dir *dir,
			const struct places *places, const char *output,
			struct trouble *why)
{
	if (tree_remove(places->salvaged_new))
		return trouble(why, "cannot remove %s: %s",
			       places->salvaged_new, strerror(errno));
	if (salvage(shm_dir_path(dir), places->salvaged_new, output, salvaged,
		    why) == 0) {
		if (rename(places->salvaged_new, places->salvaged) == 0)
			return 0;
		trouble(why, "cannot make %s: %s", places->salvaged,
			strerror(errno));
	}
	tree_remove(places->salvaged_new);
	return -1;
}

/* Whether what the buffers hold has been copied, now or before. If they should
 * be empty, it is no failure yet that they cannot be read. */
static bool find_rest(struct recovery *recovery, const struct shm_dir *dir,
		      const struct places *places, const char *output,
		      bool empty)
{
	struct salvaged *salvaged = &recovery->salvaged;
	struct trouble why;
	int rc;

	if (exists(places->salvaged))
		return true;
	rc = salvage_rest(salvaged, dir, places, output, &why);
	if (rc && !(empty && salvaged->unknown))
		note(recovery, rc, &why);
	if (rc)
		return false;
	note(recovery,
	     incomplete_mark_lost(output, &salvaged->unconsumed, &why), &why);
	return true;
}

static int link_entry(const struct tree_entry *entry, void *data,
		      struct trouble *why)
{
	const char *kept = data;
	char to[PATH_MAX];

	(void)why;
	snprintf(to, sizeof(to), "%s%s", kept, entry->below);
	return entry->type == TREE_DIRECTORY ? mkdir(to, 0770) :
					       link(entry->path, to);
}

/* Keeps what was written by links to it, which takes no room. False on a file
 * system that has no hard links. */
static bool keep_written(struct places *places)
{
	struct trouble ignored;

	if (exists(places->kept))
		return true;
	if (tree_remove(places->kept_new) == 0 &&
	    tree_walk(places->written, link_entry, places->kept_new,
		      &ignored) == 0 &&
	    rename(places->kept_new, places->kept) == 0)
		return true;
	tree_remove(places->kept_new);
	return false;
}

static int put_back(const struct places *places, struct trouble *why)
{
	if (!exists(places->kept))
		return 0;
	if (tree_remove(places->written) == 0 &&
	    rename(places->kept, places->written) == 0)
		return 0;
	return trouble(why,
		       "cannot put %s back to %s: %s; then: awaitctl recover",
		       places->kept, places->written, strerror(errno));
}

static bool is_flight_recorder(const struct session *session,
			       const struct places *places, const char *output)
{
	char path[PATH_MAX];

	if (session && session->options)
		return session->options->snapshot;
	return !exists(places->written) && snapshots_find(path, output) > 0;
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
			      struct places *places, const char *output)
{
	struct trouble why;
	int stopped = note(recovery, session_stop(session, &why), &why);
	bool at_work = stopped && !session->broken && !session->stuck;
	bool whole = !stopped && exists(places->written) &&
		     !is_flight_recorder(session, places, output);
	bool found =
		!at_work && find_rest(recovery, dir, places, output, whole);

	if (found && !session->broken && exists(places->written) &&
	    keep_written(places))
		note(recovery, session_clear(session, &why), &why);
	if (!at_work && !found)
		note(recovery, shm_dir_hide(dir, &why), &why);
	if (note(recovery, session_destroy(session, &why), &why))
		whole = false;
	return at_work ? ENDED_AT_WORK : whole ? ENDED_WHOLE : ENDED;
}

/* Makes one more snapshot of what was salvaged of buffers that were never
 * emptied. */
static int make_snapshot(const struct places *places, const char *output,
			 struct trouble *why)
{
	const char *next = places->snapshot_new;
	char path[PATH_MAX];
	int count = snapshots_find(path, output);

	snprintf(path, sizeof(path), "%s/snapshot-recovered-%d", output, count);
	if (tree_remove(next) || mkdir(next, 0770))
		return trouble(why, "cannot make %s: %s", next,
			       strerror(errno));
	if (merge_traces(places->salvaged, next, why))
		return -1;
	if (rename(next, path))
		return trouble(why, "cannot make %s: %s", path,
			       strerror(errno));
	return 0;
}

static enum recovered merge(const struct places *places, const char *output,
			    bool snapshot, bool broken, struct trouble *why)
{
	bool merged = merge_has_streams(places->salvaged);
	int rc = put_back(places, why);

	if (rc == 0 && merged && snapshot)
		rc = make_snapshot(places, output, why);
	else if (rc == 0 && (merged || broken))
		rc = merge_traces(places->salvaged, output, why);
	if (rc)
		return RECOVER_FAILED;
	tree_remove(places->salvaged);
	if (broken)
		return RECOVER_BROKEN;
	return merged ? RECOVER_MERGED : RECOVER_WHOLE;
}

/* Makes what there is readable, until somebody recovers the rest. */
static void repair_kept(const struct shm_dir *dir, const struct places *places,
			const char *output)
{
	repair_all(output, exists(places->salvaged) ? places->salvaged :
						      shm_dir_path(dir));
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
	if (outcome == RECOVER_MERGED && salvaged->uncertain)
		return RECOVER_UNCERTAIN;
	return outcome;
}

/* LTTng's word must do. */
static enum recovered trust(const struct recovery *recovery, const char *output)
{
	struct trouble why;

	trouble(&why,
		"that %s is whole is LTTng's word alone: its buffers have a "
		"layout that awaitctl does not know",
		output);
	lttng_host_note_trouble(recovery->host, &why);
	return RECOVER_WHOLE;
}

void recover_end(struct recovery *recovery, struct session *session,
		 struct shm_dir *dir, const char *output)
{
	enum recovered outcome = RECOVER_FAILED;
	struct places places;
	struct trouble why;
	enum ended ended = ENDED;

	name_places(&places, output);
	if (session)
		ended = end_session(recovery, session, dir, &places, output);
	else
		find_rest(recovery, dir, &places, output, false);
	if (ended == ENDED_WHOLE && recovery->salvaged.unknown) {
		outcome = trust(recovery, output);
	} else if (ended != ENDED_AT_WORK && exists(places.salvaged)) {
		outcome = merge(&places, output,
				is_flight_recorder(session, &places, output),
				!session || session->broken, &why);
		note(recovery, outcome == RECOVER_FAILED, &why);
	}
	if (outcome == RECOVER_FAILED && ended != ENDED_AT_WORK)
		repair_kept(dir, &places, output);
	if (outcome == RECOVER_WHOLE &&
	    recovery->salvaged.unconsumed.overwritten)
		note(recovery, repair_trace(output, &why), &why);
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

void recover_without_buffers(struct recovery *recovery, struct shm_dir *dir,
			     const char *output)
{
	struct places places;
	struct trouble why;

	recovery->outcome = RECOVER_FAILED;
	name_places(&places, output);
	if (exists(places.salvaged)) {
		recovery->outcome = merge(
			&places, output,
			is_flight_recorder(NULL, &places, output), true, &why);
		note(recovery, recovery->outcome == RECOVER_FAILED, &why);
	}
	if (recovery->outcome != RECOVER_FAILED) {
		note(recovery, shm_dir_remove(dir, &why), &why);
		return;
	}
	note(recovery,
	     trouble(&why,
		     "the buffers of %s are gone: %s; what was written before "
		     "is the trace",
		     output, dir->path),
	     &why);
	note(recovery, repair_trace(output, &why), &why);
	note(recovery,
	     incomplete_mark(output,
			     "its buffers are gone, and what was in them",
			     &why),
	     &why);
	unlink(dir->link);
}

/* SPDX-License-Identifier: MIT */
/* See recover.h. */
#define _GNU_SOURCE
#include "awaitctl/recover/recover.h"

#include "lttng/channels_plan.h"
#include "awaitctl/tracedir/incomplete.h"
#include "awaitctl/tracedir/repair.h"
#include "awaitctl/recover/merge.h"
#include "awaitctl/tracedir/output.h"
#include "awaitctl/tracedir/shm_dir.h"
#include "awaitctl/tracedir/snapshots.h"
#include "awaitctl/common/say.h"
#include "lttng/session.h"
#include "awaitctl/common/signals.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In the output; a name that ends in .new is half done. */
struct places {
	char written[PATH_MAX]; /* by the consumer */
	char found[PATH_MAX];	/* in the buffers */
	char found_new[PATH_MAX];
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
		{ places->found, "found" },
		{ places->found_new, "found.new" },
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

static int find_rest(struct shm_dir *buffers, const struct places *places,
		     const char *output)
{
	if (exists(places->found))
		return 0;
	if (remove_tree(places->found_new) ||
	    shm_dir_extract(buffers, places->found_new, output) ||
	    rename(places->found_new, places->found)) {
		remove_tree(places->found_new);
		return EXIT_FAILED;
	}
	incomplete_mark_lost(output, &buffers->salvaged.unconsumed);
	return 0;
}

/* nftw() passes no data. */
static const char *link_to;
static size_t link_from;

static int link_entry(const char *path, const struct stat *status, int type,
		      struct FTW *where)
{
	char to[PATH_MAX];

	(void)status;
	(void)where;
	snprintf(to, sizeof(to), "%s%s", link_to, path + link_from);
	return type == FTW_D ? mkdir(to, 0770) : link(path, to);
}

/* Without room, and at once; on a file system that has no hard links there is
 * no such copy. */
static int keep(const struct places *places)
{
	if (exists(places->kept))
		return 0;
	link_to = places->kept_new;
	link_from = strlen(places->written);
	if (remove_tree(places->kept_new) == 0 &&
	    nftw(places->written, link_entry, 16, FTW_PHYS) == 0 &&
	    rename(places->kept_new, places->kept) == 0)
		return 0;
	remove_tree(places->kept_new);
	return EXIT_FAILED;
}

static int put_back(const struct places *places)
{
	if (!exists(places->kept))
		return 0;
	if (remove_tree(places->written) == 0 &&
	    rename(places->kept, places->written) == 0)
		return 0;
	say("cannot put %s back to %s: %s; then: awaitctl recover",
	    places->kept, places->written, strerror(errno));
	return EXIT_FAILED;
}

/* Whether a step with the session succeeded; says why not. */
static bool succeeded(int (*step)(struct session *, struct trouble *),
		      struct session *session)
{
	struct trouble why;
	int rc = step(session, &why);

	if (rc)
		say_trouble(&why);
	return rc == 0;
}

/* Returns whether its consumer may still be at work. Whether there is a
 * sub-buffer that can't be read is not asked: clearing takes no longer than
 * what LTTng does otherwise before it takes a session down. */
static bool end_session(struct session *session, struct shm_dir *buffers,
			const struct places *places, const char *output)
{
	bool stopped = succeeded(session_stop, session);
	bool at_work = !stopped && !session->broken && !session->stuck;
	bool found = !at_work && find_rest(buffers, places, output) == 0;

	if (found && !session->broken && exists(places->written) &&
	    keep(places) == 0)
		succeeded(session_clear, session);
	if (!at_work && !found)
		shm_dir_hide(buffers);
	succeeded(session_destroy, session);
	return at_work;
}

/* Rings that were never emptied are one more snapshot. */
static int make_snapshot(const struct places *places, const char *output)
{
	char path[PATH_MAX];
	int count = snapshots_find(path, output);

	snprintf(path, sizeof(path), "%s/snapshot-recovered-%d", output, count);
	if (remove_tree(places->snapshot_new) == 0 &&
	    mkdir(places->snapshot_new, 0770) == 0 &&
	    merge_traces(places->found, places->snapshot_new) == 0 &&
	    rename(places->snapshot_new, path) == 0)
		return 0;
	say("cannot make %s: %s", path, strerror(errno));
	return EXIT_FAILED;
}

static bool is_flight_recorder(const struct session *session,
			       const struct places *places, const char *output)
{
	char path[PATH_MAX];

	if (session && session->options)
		return session->options->snapshot;
	return !exists(places->written) && snapshots_find(path, output) > 0;
}

static enum recovered merge(const struct places *places, const char *output,
			    bool snapshot, bool broken)
{
	bool merged = merge_has_streams(places->found);
	int rc = put_back(places);

	if (rc == 0 && merged && snapshot)
		rc = make_snapshot(places, output);
	else if (rc == 0 && (merged || broken))
		rc = merge_traces(places->found, output);
	if (rc)
		return RECOVER_FAILED;
	remove_tree(places->found);
	if (broken)
		return RECOVER_BROKEN;
	return merged ? RECOVER_MERGED : RECOVER_WHOLE;
}

/* Until somebody recovers the rest. */
static void repair_kept(const struct shm_dir *buffers,
			const struct places *places, const char *output)
{
	repair_all(output, exists(places->found) ? places->found :
						   shm_dir_path(buffers));
}

enum recovered recover_end(struct session *session, struct shm_dir *buffers,
			   const char *output)
{
	enum recovered result = RECOVER_FAILED;
	struct places places;
	bool at_work = false;

	name_places(&places, output);
	if (session)
		at_work = end_session(session, buffers, &places, output);
	else
		find_rest(buffers, &places, output);
	if (!at_work && exists(places.found))
		result = merge(&places, output,
			       is_flight_recorder(session, &places, output),
			       !session || session->broken);
	if (result == RECOVER_FAILED && !at_work)
		repair_kept(buffers, &places, output);
	if (result == RECOVER_WHOLE && buffers->salvaged.unconsumed.overwritten)
		repair_trace(output);
	if (result == RECOVER_FAILED)
		shm_dir_release(buffers);
	else
		shm_dir_remove(buffers);
	if (result <= RECOVER_MERGED && (buffers->salvaged.unconsumed.lost ||
					 buffers->salvaged.unconsumed.full))
		return RECOVER_LOST;
	if (result == RECOVER_MERGED && buffers->salvaged.uncertain)
		return RECOVER_UNCERTAIN;
	return result;
}

enum recovered recover_unneeded(struct session *session,
				struct shm_dir *buffers)
{
	bool stopped = succeeded(session_stop, session), destroyed;

	destroyed = succeeded(session_destroy, session);
	shm_dir_remove(buffers);
	return stopped && destroyed ? RECOVER_WHOLE : RECOVER_FAILED;
}

static int nothing(const char *directory)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/ust", directory);
	if (exists(path)) {
		say("%s: there is nothing to recover; next: awaitctl report %s",
		    directory, directory);
		return 0;
	}
	say("%s is no recording: give the directory that awaitctl record made",
	    directory);
	return EXIT_FAILED;
}

/* What was found before may be there; that is all then. */
static int without_rings(struct shm_dir *buffers, const char *directory)
{
	struct places places;

	name_places(&places, directory);
	if (exists(places.found) &&
	    merge(&places, directory,
		  is_flight_recorder(NULL, &places, directory),
		  true) != RECOVER_FAILED) {
		shm_dir_remove(buffers);
		return 0;
	}
	say("the buffers of %s are gone: %s; what was written before is the "
	    "trace",
	    directory, buffers->path);
	repair_trace(directory);
	incomplete_mark(directory,
			"its buffers are gone, and what was in them");
	unlink(buffers->link);
	return EXIT_FAILED;
}

static int recover_found(struct shm_dir *buffers, const char *directory,
			 const struct lttng_host *host)
{
	struct session session = { .host = host,
				   .shm = buffers->path,
				   .where = directory };
	struct trouble trouble;
	char why[256];
	enum recovered result;
	int left;

	snprintf(session.name, sizeof(session.name), "%s",
		 shm_dir_name(buffers));
	left = session_find(host, session.name, NULL, &trouble);
	if (left < 0)
		say_trouble(&trouble);
	result = recover_end(left > 0 ? &session : NULL, buffers, directory);
	if (result == RECOVER_FAILED)
		return EXIT_FAILED;
	if (incomplete_is(directory, why, sizeof(why)))
		say("INCOMPLETE: %s", why);
	if (buffers->salvaged.uncertain)
		say("a program died in the middle of an event: " RECOVER_UNCERTAIN_WORDS);
	say("recovered the trace in %s; next: awaitctl report %s", directory,
	    directory);
	return 0;
}

int recover(const char *directory, const struct lttng_host *host)
{
	char output[PATH_MAX];
	struct shm_dir buffers;

	if (!realpath(directory, output)) {
		say("cannot read %s: %s; give the directory that awaitctl "
		    "record made",
		    directory, strerror(errno));
		return EXIT_FAILED;
	}
	signals_hold(false);
	switch (shm_dir_find(&buffers, output)) {
	case SHM_DIR_NONE:
		return nothing(directory);
	case SHM_DIR_GONE:
		return without_rings(&buffers, directory);
	case SHM_DIR_LOCKED:
		shm_dir_release(&buffers);
		say("%s is being recorded or recovered: let that end first",
		    directory);
		return EXIT_FAILED;
	case SHM_DIR_FOUND:
		break;
	}
	return recover_found(&buffers, directory, host);
}

/* SPDX-License-Identifier: MIT */
/*
 * The graph has a source.ctf.fs for each trace (a directory with a file called
 * metadata). All are connected to one filter.utils.muxer, and that to a sink of
 * our own, which passes on the events. graph.c builds it; this file finds the
 * traces and runs it.
 *
 * babeltrace2 logs nothing here. It keeps an error as a chain of causes for the
 * thread; the innermost is the one that a user can do something about.
 */
#define _GNU_SOURCE
#include "babeltrace/reader.h"

#include "babeltrace/graph.h"
#include "babeltrace/mip.h"
#include "babeltrace/version.h"
#include "common/regular_file.h"
#include "ctf/index.h"
#include "ctf/metadata_file.h"
#include "ctf/packet.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The files of the traces below a directory. */
struct walk {
	struct graph *graph;
	size_t traces;
	char damage[PATH_MAX + NAME_MAX + 96]; /* of a file; or empty */
	bool unknown; /* a trace is in CTF 2, which babeltrace2 can't read
		       */
	char unreadable[PATH_MAX];
};

/* Whether the packets of a stream can be as large as they say; or the file is
 * none. */
static bool is_possible(struct walk *walk, const char *path)
{
	int file = regular_file_open(path, INT64_MAX);
	uint64_t at;
	bool possible = file < 0 || packet_sizes_possible(file, &at);

	if (!possible)
		snprintf(walk->damage, sizeof(walk->damage),
			 "the packet at byte %" PRIu64
			 " of %s has an impossible size",
			 at, path);
	if (file >= 0)
		close(file);
	return possible;
}

/* Looks at the packets of all streams beside the metadata. */
static bool are_possible(struct walk *walk, const char *folder)
{
	DIR *entries = opendir(folder);
	const struct dirent *entry;
	char path[PATH_MAX + NAME_MAX + 1];
	bool possible = true;

	while (entries && possible && (entry = readdir(entries))) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		possible = !strcmp(entry->d_name, "metadata") ||
			   is_possible(walk, path);
	}
	if (entries)
		closedir(entries);
	return possible;
}

/*
 * A packet says how many events had been discarded by its end. babeltrace2
 * compares each with the one before, so of those before the first packet it
 * says nothing, or (2.0) that there are some.
 */
static void note_first_packet(struct graph *graph, const char *path)
{
	int file = regular_file_open(path, INT64_MAX);

	if (file < 0)
		return;
	graph->events.first_discarded +=
		packet_first_discarded(file, strstr(path, "/32-bit/") ? 4 : 8);
	close(file);
}

/* path is that of its metadata. */
static int add_trace(struct walk *walk, const char *path, size_t length)
{
	char folder[PATH_MAX];

	walk->traces++;
	if (!metadata_is_whole(path)) {
		snprintf(walk->damage, sizeof(walk->damage),
			 "its metadata is cut short");
		return -1;
	}
	snprintf(folder, sizeof(folder), "%.*s",
		 (int)(length - strlen("/metadata")), path);
	if (metadata_is_lttng(path) && !are_possible(walk, folder))
		return -1;
	if (mip_version() == 0 && metadata_is_ctf_2(path)) {
		walk->unknown = true;
		return -1;
	}
	return graph_add_trace(walk->graph, path,
			       (int)(length - strlen("/metadata")));
}

/* Whether it lies in a trace, or among its indexes, and to open it might wait
 * for ever. babeltrace2 would. */
static bool is_trap(const FTSENT *entry)
{
	const FTSENT *folder = entry->fts_parent;
	char metadata[PATH_MAX];
	struct stat status;

	if ((entry->fts_info != FTS_DEFAULT && entry->fts_info != FTS_SL) ||
	    stat(entry->fts_path, &status) != 0 || S_ISREG(status.st_mode) ||
	    S_ISDIR(status.st_mode))
		return false;
	snprintf(metadata, sizeof(metadata), "%.*s/metadata",
		 (int)folder->fts_pathlen, entry->fts_path);
	return strcmp(folder->fts_name, "index") == 0 ||
	       strcmp(entry->fts_name, "metadata") == 0 ||
	       access(metadata, F_OK) == 0;
}

static int visit(struct walk *walk, const FTSENT *entry)
{
	const char *path = entry->fts_path;
	char stream[PATH_MAX];

	if (is_trap(entry)) {
		snprintf(walk->damage, sizeof(walk->damage),
			 "%s is no regular file", path);
		return -1;
	}

	if (entry->fts_info == FTS_DNR && !*walk->unreadable)
		snprintf(walk->unreadable, sizeof(walk->unreadable), "%s",
			 path);
	if (entry->fts_info == FTS_F || entry->fts_info == FTS_SL)
		note_first_packet(walk->graph, path);
	if (entry->fts_info != FTS_F)
		return 0;
	if (!index_holds(path)) {
		index_stream(path, stream);
		snprintf(walk->damage, sizeof(walk->damage),
			 "the stream %s is shorter than its index says",
			 stream);
		return -1;
	}
	if (strcmp(entry->fts_name, "metadata") != 0)
		return 0;
	return add_trace(walk, path, entry->fts_pathlen);
}

/* A trace is opened at its metadata, when its indexes have been looked at. */
static int metadata_last(const FTSENT **a, const FTSENT **b)
{
	int x = strcmp((*a)->fts_name, "metadata") == 0;
	int y = strcmp((*b)->fts_name, "metadata") == 0;

	return x != y ? x - y : strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Links below are not followed; the directory itself is none. */
static int visit_all(struct walk *walk, char *directory)
{
	char *const paths[] = { directory, NULL };
	FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, metadata_last);
	const FTSENT *entry;
	int rc = tree ? 0 : -1;

	while (rc == 0 && (entry = fts_read(tree)))
		rc = visit(walk, entry);
	if (tree)
		fts_close(tree);
	return rc;
}

/* damage: or empty, if babeltrace2 has the cause. */
static int failed(struct trouble *why, const char *what, const char *directory,
		  const char *damage)
{
	char cause[PATH_MAX + NAME_MAX + 96];

	if (*damage)
		snprintf(cause, sizeof(cause), "%s", damage);
	else
		graph_take_error(cause, sizeof(cause));
	return trouble(why,
		       "%s %s: %s; is it complete, and an LTTng trace in CTF "
		       "1.8 or CTF 2?",
		       what, directory, cause);
}

/* babeltrace2 2.0's own reason names a version that is nowhere in the trace. */
static int too_new(struct trouble *why, const char *directory)
{
	const char *here = "this was built with an older one";
	char text[BABELTRACE_VERSION_SIZE], is[BABELTRACE_VERSION_SIZE + 16];

	babeltrace_version(text);
	if (bt_get_maximal_mip_version() == 0) {
		snprintf(is, sizeof(is), "this is %s", text);
		here = is;
	}
	return trouble(why,
		       "the trace in %s is in CTF 2, which takes babeltrace2 "
		       "2.1 or newer, and %s: read it where there is one, or "
		       "record in CTF 1.8, as awaitctl does without "
		       "--format=ctf-2",
		       directory, here);
}

static int add_traces(struct graph *graph, const char *directory,
		      struct trouble *why)
{
	struct walk walk = { .graph = graph };
	DIR *readable = opendir(directory);
	char path[PATH_MAX];

	if (!readable || !realpath(directory, path))
		return trouble(why,
			       "cannot read %s: %s; give the directory that "
			       "awaitctl record made",
			       directory, strerror(errno));
	closedir(readable);
	if (visit_all(&walk, path))
		return walk.unknown ? too_new(why, directory) :
				      failed(why, "cannot open the trace in",
					     directory, walk.damage);
	if (*walk.unreadable)
		return trouble(why,
			       "cannot read %s: %s; may you read the whole "
			       "trace?",
			       walk.unreadable, strerror(EACCES));
	if (walk.traces)
		return 0;
	return trouble(why,
		       "%s holds no trace: give the directory that awaitctl "
		       "record made",
		       directory);
}

static enum reader_result run(struct graph *graph, const char *directory,
			      struct trouble *why)
{
	if (add_traces(graph, directory, why))
		return READER_NOTHING;
	if (graph_run(graph) == 0 && !graph->events.stopped)
		return READER_DONE;
	if (graph->events.stopped) {
		trouble(why, "the rest of %s was not read", directory);
		return READER_DAMAGED;
	}
	failed(why, "cannot read all of the trace in", directory, "");
	return READER_DAMAGED;
}

enum reader_result reader_read(const char *directory,
			       const struct reader_calls *calls, void *data,
			       struct trouble *why)
{
	struct graph graph;
	enum reader_result result = READER_NOTHING;

	if (graph_open(&graph, calls, data))
		failed(why,
		       "cannot use babeltrace2 (are its plugins ctf and utils "
		       "installed?) for",
		       directory, "");
	else
		result = run(&graph, directory, why);
	graph_close(&graph);
	return result;
}

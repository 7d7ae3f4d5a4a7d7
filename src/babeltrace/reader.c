/* SPDX-License-Identifier: MIT */
/*
 * The graph: one source.ctf.fs for each trace (a directory with a file called
 * metadata), all into one filter.utils.muxer, that into a sink of our own
 * whose consume method calls back. graph.c builds it; this file finds the
 * traces and runs it.
 *
 * babeltrace2 logs nothing here. What goes wrong is kept by it as a chain of
 * causes for the thread; the innermost is the one that a user can act on.
 */
#define _GNU_SOURCE
#include "babeltrace/reader.h"

#include "common/caller.h"
#include "babeltrace/graph.h"
#include "ctf/index.h"
#include "ctf/metadata.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* nftw() passes no data. */
static _Thread_local struct graph *found_by;
static _Thread_local int found;
static _Thread_local const char *cut_short; /* what is, or NULL */
static _Thread_local char unreadable[PATH_MAX];

static int visit(const char *path, const struct stat *status, int type,
		 struct FTW *where)
{
	(void)status;
	if (type == FTW_DNR && !*unreadable)
		snprintf(unreadable, sizeof(unreadable), "%s", path);
	if (type == FTW_F && !index_holds(path))
		cut_short = "a stream is shorter than its index says";
	if (cut_short)
		return -1;
	if (type != FTW_F || strcmp(path + where->base, "metadata") != 0)
		return 0;
	found++;
	if (!metadata_is_whole(path))
		cut_short = "its metadata is cut short";
	if (cut_short)
		return -1;
	return graph_add_trace(found_by, path, where->base - 1);
}

static void say_cause(const char *what, const char *directory)
{
	char cause[512];

	if (cut_short)
		snprintf(cause, sizeof(cause), "%s", cut_short);
	else
		graph_take_error(cause, sizeof(cause));
	say("%s %s: %s; is it complete, and an LTTng trace in CTF 1.8?", what,
	    directory, cause);
}

static int add_traces(struct graph *graph, const char *directory)
{
	DIR *readable = opendir(directory);
	char path[PATH_MAX];

	if (!readable || !realpath(directory, path)) {
		say("cannot read %s: %s; give the directory that awaitctl "
		    "record made",
		    directory, strerror(errno));
		return -1;
	}
	closedir(readable);
	found_by = graph;
	found = 0;
	*unreadable = '\0';
	/* Links below are not followed; the directory itself may be one. */
	if (nftw(path, visit, 16, FTW_PHYS)) {
		say_cause("cannot open the trace in", directory);
		return -1;
	}
	if (*unreadable) {
		say("cannot read %s: %s; may you read the whole trace?",
		    unreadable, strerror(EACCES));
		return -1;
	}
	if (found)
		return 0;
	say("%s holds no trace: give the directory that awaitctl record made",
	    directory);
	return -1;
}

static enum reader_result run(struct graph *graph, const char *directory)
{
	if (add_traces(graph, directory))
		return READER_NOTHING;
	if (graph_run(graph) == 0)
		return READER_DONE;
	say_cause("cannot read all of the trace in", directory);
	return READER_DAMAGED;
}

enum reader_result reader_read(const char *directory,
			       const struct reader_calls *calls, void *data)
{
	struct graph graph;
	enum reader_result result;

	cut_short = NULL;
	if (graph_open(&graph, calls, data)) {
		say_cause("cannot use babeltrace2 (are its plugins ctf and "
			  "utils installed?) for",
			  directory);
		result = READER_NOTHING;
	} else {
		result = run(&graph, directory);
	}
	graph_close(&graph);
	return result;
}

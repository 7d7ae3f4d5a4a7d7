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
#include "ctf/index.h"
#include "ctf/metadata.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the walk over the files has found; nftw() passes no data. */
static _Thread_local struct {
	struct graph *graph;
	size_t traces;
	const char *damage; /* of a file; or NULL */
	char unreadable[PATH_MAX];
} walk;

static int add_trace(const char *path, int base)
{
	walk.traces++;
	if (!metadata_is_whole(path)) {
		walk.damage = "its metadata is cut short";
		return -1;
	}
	return graph_add_trace(walk.graph, path, base - 1);
}

static int visit(const char *path, const struct stat *status, int type,
		 struct FTW *where)
{
	(void)status;
	if (type == FTW_DNR && !*walk.unreadable)
		snprintf(walk.unreadable, sizeof(walk.unreadable), "%s", path);
	if (type != FTW_F)
		return 0;
	if (!index_holds(path)) {
		walk.damage = "a stream is shorter than its index says";
		return -1;
	}
	if (strcmp(path + where->base, "metadata") == 0)
		return add_trace(path, where->base);
	return 0;
}

static int failed(const char *what, const char *directory, struct trouble *why)
{
	char cause[512];

	if (walk.damage)
		snprintf(cause, sizeof(cause), "%s", walk.damage);
	else
		graph_take_error(cause, sizeof(cause));
	return trouble(why,
		       "%s %s: %s; is it complete, and an LTTng trace in CTF "
		       "1.8?",
		       what, directory, cause);
}

static int add_traces(const char *directory, struct trouble *why)
{
	DIR *readable = opendir(directory);
	char path[PATH_MAX];

	if (!readable || !realpath(directory, path))
		return trouble(why,
			       "cannot read %s: %s; give the directory that "
			       "awaitctl record made",
			       directory, strerror(errno));
	closedir(readable);
	/* Links below are not followed; the directory itself may be one. */
	if (nftw(path, visit, 16, FTW_PHYS))
		return failed("cannot open the trace in", directory, why);
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
	if (add_traces(directory, why))
		return READER_NOTHING;
	if (graph_run(graph) == 0)
		return READER_DONE;
	failed("cannot read all of the trace in", directory, why);
	return READER_DAMAGED;
}

enum reader_result reader_read(const char *directory,
			       const struct reader_calls *calls, void *data,
			       struct trouble *why)
{
	struct graph graph;
	enum reader_result result = READER_NOTHING;

	walk.graph = &graph;
	walk.traces = 0;
	walk.damage = NULL;
	*walk.unreadable = '\0';
	if (graph_open(&graph, calls, data))
		failed("cannot use babeltrace2 (are its plugins ctf and utils "
		       "installed?) for",
		       directory, why);
	else
		result = run(&graph, directory, why);
	walk.graph = NULL;
	graph_close(&graph);
	return result;
}

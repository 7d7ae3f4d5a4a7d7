/* SPDX-License-Identifier: MIT */
/*
 * Finds the traces and has them decoded: by a graph in the process itself, or
 * by other processes.
 *
 * babeltrace2 logs nothing here. It keeps an error as a chain of causes for the
 * thread; the innermost is the one that a user can do something about.
 */
#define _GNU_SOURCE
#include "babeltrace/reader.h"

#include "babeltrace/decoders.h"
#include "babeltrace/graph.h"
#include "babeltrace/traces.h"
#include "babeltrace/version.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failed(struct trouble *why, const char *what, const char *directory,
		  const char *cause)
{
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

static int find_traces(struct traces *traces, const char *directory,
		       struct trouble *why)
{
	DIR *readable = opendir(directory);
	char path[PATH_MAX];

	*traces = (struct traces){ 0 };
	if (!readable || !realpath(directory, path))
		return trouble(why,
			       "cannot read %s: %s; give the directory that "
			       "awaitctl record made",
			       directory, strerror(errno));
	closedir(readable);
	if (traces_find(traces, path))
		return traces->unknown ?
			       too_new(why, directory) :
			       failed(why, "cannot open the trace in",
				      directory,
				      *traces->damage ? traces->damage :
							strerror(ENOMEM));
	if (*traces->unreadable)
		return trouble(why,
			       "cannot read %s: %s; may you read the whole "
			       "trace?",
			       traces->unreadable, strerror(EACCES));
	if (traces->count)
		return 0;
	return trouble(why,
		       "%s holds no trace: give the directory that awaitctl "
		       "record made",
		       directory);
}

/* As damage does in libbabeltrace2. */
static enum reader_result died(const struct decoders_end *end,
			       const char *directory, struct trouble *why)
{
	char how[64];

	if (end->signal)
		snprintf(how, sizeof(how), "signal %d (%s) ended", end->signal,
			 strsignal(end->signal));
	else
		snprintf(how, sizeof(how), "something ended");
	if (end->events)
		trouble(why,
			"%s the reading of %s after %" PRIu64
			" events, as damage may do in libbabeltrace2: this is "
			"the report of those",
			how, directory, end->events);
	else
		trouble(why,
			"%s the reading of %s before its first event, as "
			"damage may do in libbabeltrace2",
			how, directory);
	return end->events ? READER_DAMAGED : READER_NOTHING;
}

static enum reader_result result_of(const struct decoders_end *end,
				    const char *directory, struct trouble *why)
{
	switch (end->how) {
	case DECODED:
		return READER_DONE;
	case DECODED_BROKEN:
		failed(why, "cannot read all of the trace in", directory,
		       end->cause);
		return READER_DAMAGED;
	case DECODED_DIED:
		return died(end, directory, why);
	default:
		failed(why, "cannot open the trace in", directory, end->cause);
		return READER_NOTHING;
	}
}

/* In this process. */
static void decode(const struct traces *traces,
		   const struct reader_calls *calls, void *data,
		   struct decoders_end *end)
{
	struct graph graph = { .share = { 0, 1 } };

	end->how = graph_read(&graph, traces, calls, data);
	if (end->how != DECODED)
		graph_take_error(end->cause, sizeof(end->cause));
	graph_close(&graph);
}

enum reader_result reader_read(const char *directory,
			       const struct reader_calls *calls, void *data,
			       struct trouble *why)
{
	struct decoders_end end = { .how = DECODED };
	struct traces traces;
	enum reader_result result = READER_NOTHING;

	if (find_traces(&traces, directory, why) == 0) {
		if (traces.first_discarded)
			calls->discarded(data, traces.first_discarded);
		if (calls->processes)
			decoders_read(&traces, calls, data, &end);
		else
			decode(&traces, calls, data, &end);
		result = result_of(&end, directory, why);
	}
	traces_free(&traces);
	return result;
}

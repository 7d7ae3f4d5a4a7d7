/* SPDX-License-Identifier: MIT */
/*
 * Traces that LTTng recorded: src/babeltrace > events.c > records.
 *
 * The error is a line of text that belongs to the thread: the first since its
 * call began, as later ones follow from it. Its room is allocated when a thread
 * first needs it and freed when the thread ends. It is not thread-local: all
 * such variables of the library have to fit into the little that the dynamic
 * linker keeps free for libraries that dlopen() loads.
 */
#include "babeltrace/reader.h"
#include "common/export.h"
#include "libawait-test/load/events.h"
#include "libawait-test/records/functions.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key; /* struct trouble, of threads that had an error */
static bool key_made;
static _Thread_local bool no_room; /* there is an error that has no room */

void tracing_lock(void)
{
	pthread_mutex_lock(&lock);
}

void tracing_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

void tracing_watch_forks(void)
{
	pthread_atfork(tracing_lock, tracing_unlock, tracing_unlock);
}

static void make_key(void)
{
	key_made = pthread_key_create(&key, free) == 0;
}

/* The room of this thread, or NULL. */
static struct trouble *error(bool make)
{
	struct trouble *own;

	pthread_once(&once, make_key);
	if (!key_made)
		return NULL;
	own = pthread_getspecific(key);
	if (own || !make)
		return own;
	own = calloc(1, sizeof(*own));
	if (own && pthread_setspecific(key, own) != 0) {
		free(own);
		return NULL;
	}
	return own;
}

void error_set(const struct trouble *why)
{
	struct trouble *own = error(true);

	no_room = !own;
	if (own && !*own->text)
		*own = *why;
}

void error_clear(void)
{
	struct trouble *own = error(false);

	no_room = false;
	if (own)
		*own->text = '\0';
}

EXPORT const char *await_trace_error(void)
{
	struct trouble *own = error(false);

	if (no_room)
		return "no memory to say what is wrong";
	return own ? own->text : "";
}

static void list_processes(const struct loading *loading, char *text,
			   size_t size)
{
	size_t used = 0;

	*text = '\0';
	for (size_t i = 0; i < loading->vpid_count && i < PROCESSES_MAX; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%lld",
					 i ? ", " : "",
					 (long long)loading->vpids[i]);
	if (loading->vpid_count > PROCESSES_MAX)
		snprintf(text + used, size - used, " and others");
}

/* Whether the trace is of the process that was requested: 0 or -1. */
static int check_processes(const struct loading *loading, const char *directory,
			   int vpid, struct trouble *why)
{
	char list[PROCESSES_MAX * 24 + 16];

	list_processes(loading, list, sizeof(list));
	if (!vpid && loading->vpid_count > 1)
		return trouble(
			why, "%s has awaits of processes %s: say of which one",
			directory, list);
	if (vpid && !loading->has_vpid && loading->vpid_count)
		return trouble(why,
			       "%s has no awaits of process %d, only of %s",
			       directory, vpid, list);
	return 0;
}

static int no_memory(const char *directory, struct trouble *why)
{
	return trouble(why, "no memory for the trace in %s", directory);
}

static int read_into(struct loading *loading, const char *directory, int vpid,
		     struct trouble *why)
{
	static const struct reader_calls calls = {
		.stacks = true,
		.event = events_take,
		.mapped_file = events_mapped_file,
		.discarded = events_lost,
	};
	struct loaded *to = loading->to;

	if (reader_read(directory, &calls, loading, why) != READER_DONE)
		return -1;
	if (loading->foreign) {
		*why = loading->why_foreign;
		return -1;
	}
	events_finish(loading);
	to->trace.functions =
		functions_of_trace(&to->symbols, loading->process);
	if (loading->out_of_memory || !to->trace.functions)
		return no_memory(directory, why);
	return check_processes(loading, directory, vpid, why);
}

struct await_trace *load_since(const char *directory, int vpid, uint64_t since,
			       struct trouble *why)
{
	struct loading loading = {
		.to = calloc(1, sizeof(struct loaded)),
		.since = since,
		.vpid = vpid,
		.vpid_known = vpid != 0,
	};
	struct await_trace *trace = &loading.to->trace;

	if (!loading.to) {
		no_memory(directory, why);
		return NULL;
	}
	trace->owner = loading.to;
	trace->names = &loading.to->names;
	if (read_into(&loading, directory, vpid, why) == 0)
		return trace;
	await_trace_free(trace);
	return NULL;
}

/* A session's trace may have no events of awaits; one that is loaded by itself
 * without any is a mistake. */
static struct await_trace *load_some(const char *directory, int vpid,
				     struct trouble *why)
{
	struct await_trace *trace = load_since(directory, vpid, 0, why);

	if (!trace || trace->count || trace->lost)
		return trace;
	trouble(why,
		"%s has no events of awaits: did the program run with "
		"LIBAWAIT_TRACE=1 or linked to await-trace?",
		directory);
	await_trace_free(trace);
	return NULL;
}

EXPORT const struct await_trace *await_trace_load(const char *directory,
						  int vpid)
{
	const struct await_trace *trace;
	struct trouble why;

	error_clear();
	if (!directory || !*directory || vpid < 0) {
		trouble(&why, "await_trace_load: give a directory, and a "
			      "process or 0");
		error_set(&why);
		return NULL;
	}
	tracing_lock();
	trace = load_some(directory, vpid, &why);
	tracing_unlock();
	if (!trace)
		error_set(&why);
	return trace;
}

/* What await_trace_end() gave has no owner, and stays. */
EXPORT void await_trace_free(const struct await_trace *trace)
{
	struct loaded *loaded = trace ? trace->owner : NULL;

	if (!loaded)
		return;
	functions_free(loaded->trace.functions);
	symbols_free(&loaded->symbols);
	known_free(&loaded->known);
	given_names_free(&loaded->names);
	free(loaded->trace.records);
	free(loaded->trace.stacks);
	free(loaded);
}

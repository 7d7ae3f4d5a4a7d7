/* SPDX-License-Identifier: MIT */
/*
 * Traces that LTTng recorded: src/babeltrace > events.c > records.
 *
 * Errors are lines of text that belong to the thread: the first that was said
 * since its call began counts, as later ones follow from it.
 */
#include "common/caller.h"
#include "common/export.h"
#include "libawait-test/load/events.h"
#include "libawait-test/records/functions.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local char error[2048];

void tracing_lock(void)
{
	pthread_mutex_lock(&lock);
}

void tracing_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

__attribute__((constructor)) static void watch_forks(void)
{
	pthread_atfork(tracing_lock, tracing_unlock, tracing_unlock);
}

void say(const char *format, ...)
{
	va_list args;

	if (*error)
		return;
	va_start(args, format);
	vsnprintf(error, sizeof(error), format, args);
	va_end(args);
}

bool stop_asked(void)
{
	return false;
}

void error_clear(void)
{
	*error = '\0';
}

EXPORT const char *await_trace_error(void)
{
	return error;
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

/* 0, or has said why the trace is not what was asked for. */
static int check_processes(const struct loading *loading, const char *directory,
			   int vpid)
{
	char list[PROCESSES_MAX * 24 + 16];

	list_processes(loading, list, sizeof(list));
	if (!vpid && loading->vpid_count > 1) {
		say("%s has awaits of processes %s: say of which one",
		    directory, list);
		return -1;
	}
	if (vpid && !loading->has_vpid && loading->vpid_count) {
		say("%s has no awaits of process %d, only of %s", directory,
		    vpid, list);
		return -1;
	}
	return 0;
}

/* 0, or has said why not. */
static int read_into(struct loading *loading, const char *directory, int vpid)
{
	static const struct reader_calls calls = {
		.event = events_take,
		.discarded = events_lost,
	};
	struct loaded *to = loading->to;

	if (reader_read(directory, &calls, loading) != READER_DONE)
		return -1;
	events_finish(loading);
	to->trace.functions =
		functions_of_trace(&to->symbols, loading->process);
	if (loading->out_of_memory || !to->trace.functions) {
		say("no memory for the trace in %s", directory);
		return -1;
	}
	return check_processes(loading, directory, vpid);
}

struct await_trace *load_since(const char *directory, int vpid, uint64_t since)
{
	struct loading loading = {
		.to = calloc(1, sizeof(struct loaded)),
		.since = since,
		.vpid = vpid,
		.vpid_known = vpid != 0,
	};
	struct await_trace *trace = &loading.to->trace;

	if (!loading.to) {
		say("no memory for the trace in %s", directory);
		return NULL;
	}
	trace->owner = loading.to;
	if (read_into(&loading, directory, vpid) == 0)
		return trace;
	await_trace_free(trace);
	return NULL;
}

/* Nothing about awaits is an answer of a session's trace, but not what anybody
 * wants to load. */
static struct await_trace *load_some(const char *directory, int vpid)
{
	struct await_trace *trace = load_since(directory, vpid, 0);

	if (!trace || trace->count || trace->lost)
		return trace;
	say("%s has no events of awaits: did the program run with "
	    "LIBAWAIT_TRACE=1 or linked to await-trace?",
	    directory);
	await_trace_free(trace);
	return NULL;
}

EXPORT const struct await_trace *await_trace_load(const char *directory,
						  int vpid)
{
	const struct await_trace *trace;

	error_clear();
	if (!directory || !*directory || vpid < 0) {
		say("await_trace_load: give a directory, and a process or 0");
		return NULL;
	}
	tracing_lock();
	trace = load_some(directory, vpid);
	tracing_unlock();
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
	free(loaded->trace.records);
	free(loaded->trace.stacks);
	free(loaded);
}

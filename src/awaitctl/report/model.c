/* SPDX-License-Identifier: MIT */
/* See model.h. Nothing is freed: the process ends with the report. */
#include "awaitctl/report/model.h"

#include "awaitctl/common/say.h"
#include "awaitctl/report/model_unfinished.h"
#include "babeltrace/events_known.h"
#include "common/array.h"

#include <await/core.h>
#include <await/sink.h>

#include <errno.h>
#include <string.h>

static const struct event_needs needs[] = {
	{ "await:create", { "id", "line" }, { "function", "type", "file" } },
	{ "await:exec_begin",
	  { "id", "attempt", "addr" },
	  { "function", "type" } },
	{ "await:exec_end", { "id", "outcome", "error", "latency_ns" }, { 0 } },
	{ "await:hit", { "id" }, { 0 } },
	{ "await:block_begin", { "id", "addr" }, { 0 } },
	{ "await:block_end", { "id" }, { 0 } },
	{ "await:wait_end", { "id", "state", "error" }, { 0 } },
	{ "await:name", { "id" }, { "name" } },
	{ "await:statedump_live",
	  { "id", "state", "line" },
	  { "function", "type", "file" } },
	{ "await:statedump_wait", { "id", "thread", "addr" }, { 0 } },
};

static const struct events_reader reader = {
	.name = "awaitctl",
	.needs = needs,
	.count = sizeof(needs) / sizeof(needs[0]),
};

/* Events of creations, runs and state dumps name the function. */
static void learn_function(struct model *model, struct model_await *await,
			   const struct trace_event *event)
{
	if (await->function)
		return;
	await->function = model_function_of(model, await->process,
					    trace_string(event, "function"),
					    trace_string(event, "type"));
}

static void on_create(struct model *model, const struct trace_event *event)
{
	struct model_await *await = model_await_of(model, event, true);

	learn_function(model, await, event);
	await->created = 1;
	await->file = model_keep(model, trace_string(event, "file"));
	await->line = trace_number(event, "line");
	await->function->created++;
}

static void begin_run(struct model_await *await)
{
	await->runs++;
	await->running = 1;
	await->function->runs++;
}

/* An await is running shortly before it says so. A state dump in between has
 * told of this run. */
static bool was_dumped(const struct model_await *await,
		       const struct trace_event *event)
{
	return await->running && await->run.before &&
	       await->run.attempt == trace_number(event, "attempt");
}

static void on_begin(struct model *model, const struct trace_event *event)
{
	struct model_await *await = model_await_of(model, event, false);

	learn_function(model, await, event);
	if (trace_number(event, "attempt") == 1) {
		await->outcome = OUTCOME_RUNNING;
		await->began = event->time;
		await->addr = trace_number(event, "addr");
	} else if (await->outcome == OUTCOME_RUNNING) {
		/* The end of the first run was discarded; that of this run
		 * must not be taken for it. */
		await->outcome = OUTCOME_UNSEEN;
	}
	/* Events of 1.0 do not say: there all runs were made by waits. */
	if (trace_number(event, "source") != AWAIT_RUN_START)
		await->waited = true;
	await->inherited = false;
	if (!was_dumped(await, event))
		begin_run(await);
	unfinished_begin_run(await, event);
}

static void count_run(struct model_function *function, uint64_t took_ns,
		      int failed)
{
	function->total_ns += took_ns;
	if (took_ns > function->max_ns)
		function->max_ns = took_ns;
	function->failed += failed;
}

static void on_end(struct model *model, const struct trace_event *event)
{
	struct model_await *await = model_await_of(model, event, false);
	uint64_t took_ns = trace_number(event, "latency_ns");
	int failed = trace_number(event, "outcome") != AWAIT_RESOLVED;

	if (await->inherited) {
		await->inherited = false;
		return;
	}
	/* The beginning of this run was not recorded. */
	if (!await->function)
		await->function = model_function_of(model, await->process,
						    "(unknown)", "");
	if (!await->running) {
		await->function->runs++;
		await->runs++;
		await->waited = true; /* or started, but nobody knows */
	}
	await->running = 0;
	count_run(await->function, took_ns, failed);
	if (await->outcome != OUTCOME_RUNNING)
		return;
	await->took_ns = took_ns;
	await->error = (int32_t)trace_number(event, "error");
	await->outcome = failed ? OUTCOME_FAILED : OUTCOME_RESOLVED;
}

/* Told before anything else of that process. */
static void on_inherited(struct model *model, const struct trace_event *event)
{
	struct model_await *await = model_await_of(model, event, false);

	await->inherited = true;
	await->waited = true;
}

static void on_hit(struct model *model, const struct trace_event *event)
{
	model_await_of(model, event, false)->hits++;
}

/* That wait may sleep until the end of the trace. */
static void on_block(struct model *model, const struct trace_event *event)
{
	struct model_await *await = model_await_of(model, event, false);

	await->waited = true;
	unfinished_begin_wait(model, await, event);
}

static void on_unblock(struct model *model, const struct trace_event *event)
{
	unfinished_end_wait(model, model_await_of(model, event, false), event);
}

static void on_dump(struct model *model, const struct trace_event *event)
{
	unfinished_dump(model_process_of(model, event), event);
}

static void on_waiter(struct model *model, const struct trace_event *event)
{
	struct model_await *await = model_await_of(model, event, false);

	await->waited = true;
	unfinished_dumped_wait(model, await, event);
}

static void on_wait_end(struct model *model, const struct trace_event *event)
{
	struct model_await *await = model_await_of(model, event, false);
	enum await_state state = trace_number(event, "state");
	int error = (int)trace_number(event, "error");

	await->waited = true;
	if (error == 0)
		return;
	/* A function may fail with any of these errors, too. */
	if (error == -ECANCELED && state != AWAIT_FAILED)
		await->ends[END_CANCELLED]++;
	else if (state == AWAIT_FAILED && error != -ECHILD)
		await->ends[END_FAILED]++;
	else if (error == -ETIMEDOUT)
		await->ends[END_TIMED_OUT]++;
	else
		await->ends[END_REFUSED]++;
}

static void on_name(struct model *model, const struct trace_event *event)
{
	model_await_of(model, event, false)->name =
		model_keep(model, trace_string(event, "name"));
}

/* From a state dump: an await that existed when the recording began. It may be
 * called running although it has ended since. */
static void on_live(struct model *model, const struct trace_event *event)
{
	struct model_await *await = model_await_of(model, event, false);
	const char *file = trace_string(event, "file");

	learn_function(model, await, event);
	if (!await->file && *file) {
		await->file = model_keep(model, file);
		await->line = trace_number(event, "line");
	}
	/* Events of 1.1 have no name there. */
	if (*trace_string(event, "name"))
		on_name(model, event);
	await->dumped = true;
	if (trace_number(event, "state") != AWAIT_RUNNING || await->runs ||
	    await->inherited)
		return;
	begin_run(await);
	await->waited = true;
	unfinished_dumped_run(await, event);
}

void model_event(struct model *model, const struct trace_event *event)
{
	static const struct {
		const char *name;
		void (*call)(struct model *, const struct trace_event *);
	} calls[] = {
		{ "await:create", on_create },
		{ "await:exec_begin", on_begin },
		{ "await:exec_end", on_end },
		{ "await:hit", on_hit },
		{ "await:block_begin", on_block },
		{ "await:block_end", on_unblock },
		{ "await:wait_end", on_wait_end },
		{ "await:name", on_name },
		{ "await:statedump_begin", on_dump },
		{ "await:statedump_live", on_live },
		{ "await:statedump_wait", on_waiter },
		{ "await:statedump_inherited", on_inherited },
	};

	struct model_process *process;

	model_recorded(model, event->process >> 32, event->time);
	if (model->foreign || strncmp(event->name, "await:", 6) != 0)
		return;
	if (model_process_event(model, event))
		return;
	process = model_process_of(model, event);
	process->events++;
	if (events_known(&reader, &process->seen, event, &model->why_foreign)) {
		model->foreign = true;
		return;
	}
	if (strncmp(event->name, "await:block_", 12) != 0)
		unfinished_note(model, event);
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (strcmp(event->name, calls[i].name) != 0)
			continue;
		calls[i].call(model, event);
		return;
	}
}

void model_recorded(struct model *model, int64_t host, int64_t time)
{
	size_t i = (size_t)host;

	while (model->end_count <= i) {
		model->ends = must(array_grow(model->ends, model->end_count,
					      sizeof(*model->ends)));
		model->ends[model->end_count++] = INT64_MIN;
	}
	if (time > model->ends[i])
		model->ends[i] = time;
}

void model_discarded(struct model *model, uint64_t count)
{
	if (count)
		model->discarded += count;
	else
		model->uncounted++;
}

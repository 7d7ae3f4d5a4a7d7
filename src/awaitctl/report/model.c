/* SPDX-License-Identifier: MIT */
/* See model.h. Nothing is freed: the process ends with the report. */
#include "awaitctl/report/model.h"

#include "awaitctl/common/say.h"
#include "awaitctl/report/model_unfinished.h"
#include "lives/events_known.h"
#include "common/array.h"

#include <await/core.h>
#include <await/sink.h>

#include <errno.h>
#include <string.h>

static const struct events_reader reader = {
	.name = "awaitctl",
	.needs = {
		[EVENT_CREATE] = NEEDS(ID) | NEEDS(LINE) | NEEDS(FUNCTION) |
				 NEEDS(TYPE) | NEEDS(FILE),
		[EVENT_EXEC_BEGIN] = NEEDS(ID) | NEEDS(ATTEMPT) | NEEDS(ADDR) |
				     NEEDS(FUNCTION) | NEEDS(TYPE),
		[EVENT_EXEC_END] = NEEDS(ID) | NEEDS(OUTCOME) | NEEDS(ERROR) |
				   NEEDS(LATENCY),
		[EVENT_HIT] = NEEDS(ID),
		[EVENT_BLOCK_BEGIN] = NEEDS(ID) | NEEDS(ADDR),
		[EVENT_BLOCK_END] = NEEDS(ID),
		[EVENT_WAIT_END] = NEEDS(ID) | NEEDS(STATE) | NEEDS(ERROR),
		[EVENT_NAME] = NEEDS(ID) | NEEDS(NAME),
		[EVENT_DUMP_LIVE] = NEEDS(ID) | NEEDS(STATE) | NEEDS(LINE) |
				    NEEDS(FUNCTION) | NEEDS(TYPE) |
				    NEEDS(FILE),
		[EVENT_DUMP_WAIT] = NEEDS(ID) | NEEDS(THREAD) | NEEDS(ADDR),
	},
};

/* Events of creations, runs and state dumps name the function. */
static void learn_function(struct model *model, struct model_await *await,
			   const struct trace_event *event)
{
	if (await->function)
		return;
	await->function = model_function_of(model, await->process,
					    event_string(event, FIELD_FUNCTION),
					    event_string(event, FIELD_TYPE));
}

static void on_create(struct model *model, const struct trace_event *event)
{
	struct model_await *await = model_await_of(model, event, true);

	learn_function(model, await, event);
	await->created = 1;
	await->file = model_keep(model, event_string(event, FIELD_FILE));
	await->line = event_number(event, FIELD_LINE);
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
	       await->run.attempt == event_number(event, FIELD_ATTEMPT);
}

static void on_begin(struct model *model, const struct trace_event *event)
{
	struct model_await *await = model_await_of(model, event, false);

	learn_function(model, await, event);
	if (event_number(event, FIELD_ATTEMPT) == 1) {
		await->outcome = OUTCOME_RUNNING;
		await->began = event->time;
		await->addr = event_number(event, FIELD_ADDR);
	} else if (await->outcome == OUTCOME_RUNNING) {
		/* The end of the first run was discarded; that of this run
		 * must not be taken for it. */
		await->outcome = OUTCOME_UNSEEN;
	}
	/* Events of 1.0 do not say: there all runs were made by waits. */
	if (event_number(event, FIELD_SOURCE) != AWAIT_RUN_START)
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
	uint64_t took_ns = event_number(event, FIELD_LATENCY);
	int failed = event_number(event, FIELD_OUTCOME) != AWAIT_RESOLVED;

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
	await->error = (int32_t)event_number(event, FIELD_ERROR);
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
	enum await_state state = event_number(event, FIELD_STATE);
	int error = (int)event_number(event, FIELD_ERROR);

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
		model_keep(model, event_string(event, FIELD_NAME));
}

/* From a state dump: an await that existed when the recording began. It may be
 * called running although it has ended since. */
static void on_live(struct model *model, const struct trace_event *event)
{
	struct model_await *await = model_await_of(model, event, false);
	const char *file = event_string(event, FIELD_FILE);

	learn_function(model, await, event);
	if (!await->file && *file) {
		await->file = model_keep(model, file);
		await->line = event_number(event, FIELD_LINE);
	}
	/* Events of 1.1 have no name there. */
	if (*event_string(event, FIELD_NAME))
		on_name(model, event);
	await->dumped = true;
	if (event_number(event, FIELD_STATE) != AWAIT_RUNNING || await->runs ||
	    await->inherited)
		return;
	begin_run(await);
	await->waited = true;
	unfinished_dumped_run(await, event);
}

static void (*const calls[EVENT_KINDS])(struct model *,
					const struct trace_event *) = {
	[EVENT_CREATE] = on_create,	[EVENT_EXEC_BEGIN] = on_begin,
	[EVENT_EXEC_END] = on_end,	[EVENT_HIT] = on_hit,
	[EVENT_BLOCK_BEGIN] = on_block, [EVENT_BLOCK_END] = on_unblock,
	[EVENT_WAIT_END] = on_wait_end, [EVENT_NAME] = on_name,
	[EVENT_DUMP_BEGIN] = on_dump,	[EVENT_DUMP_LIVE] = on_live,
	[EVENT_DUMP_WAIT] = on_waiter,	[EVENT_DUMP_INHERITED] = on_inherited,
};

void model_event(struct model *model, const struct trace_event *event)
{
	struct model_process *process;

	model_recorded(model, event->process >> 32, event->time);
	if (model->foreign || event->kind == EVENT_OTHER ||
	    model_process_event(model, event))
		return;
	process = model_process_of(model, event);
	process->events++;
	if (events_known(&reader, &process->seen, event, &model->why_foreign)) {
		model->foreign = true;
		return;
	}
	if (event->kind != EVENT_BLOCK_BEGIN && event->kind != EVENT_BLOCK_END)
		unfinished_note(model, event);
	if (calls[event->kind])
		calls[event->kind](model, event);
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

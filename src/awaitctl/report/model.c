/* SPDX-License-Identifier: MIT */
/* See model.h. Nothing is freed: the process ends with the report. */
#include "awaitctl/report/model.h"

#include "awaitctl/common/say.h"
#include "awaitctl/report/belonging.h"
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
	{ "await:block_begin", { "id" }, { 0 } },
	{ "await:wait_end", { "id", "state", "error" }, { 0 } },
	{ "await:name", { "id" }, { "name" } },
	{ "await:statedump_live",
	  { "id", "state", "line" },
	  { "function", "type", "file" } },
};

static const struct events_reader reader = {
	.name = "awaitctl",
	.needs = needs,
	.count = sizeof(needs) / sizeof(needs[0]),
};

static void *append(void *array, size_t count, void *item)
{
	void **items = must(array_grow(array, count, sizeof(*items)));

	items[count] = item;
	return items;
}

static bool same_string(const void *item, const void *key)
{
	return strcmp(item, key) == 0;
}

const char *model_keep(struct model *model, const char *string)
{
	void **place = must(table_place(&model->strings, hash_string(0, string),
					same_string, string));

	if (!*place)
		*place = must_copy(string);
	return *place;
}

static bool same_function(const void *item, const void *key)
{
	const struct model_function *a = item, *b = key;

	return a->process == b->process && !strcmp(a->name, b->name) &&
	       !strcmp(a->type, b->type);
}

struct model_function *model_function_of(struct model *model,
					 const struct model_process *process,
					 const char *name, const char *type)
{
	const struct model_function key = { .process = process,
					    .name = (char *)name,
					    .type = (char *)type };
	uint64_t hash =
		hash_string(hash_string((uintptr_t)process, name), type);
	void **place =
		must(table_place(&model->by_name, hash, same_function, &key));
	struct model_function *function = *place;

	if (function)
		return function;
	*place = function = must_calloc(1, sizeof(*function));
	function->process = process;
	function->name = must_copy(name);
	function->type = must_copy(type);
	model->functions =
		append(model->functions, model->function_count++, function);
	return function;
}

static bool same_await(const void *item, const void *key)
{
	const struct model_await *a = item, *b = key;

	return a->id == b->id && a->process == b->process;
}

static struct model_await *add_await(struct model *model, void **place,
				     const struct model_await *key)
{
	struct model_await *await = must_calloc(1, sizeof(*await));

	*place = await;
	*await = *key;
	model->awaits = append(model->awaits, model->await_count++, await);
	return await;
}

static bool same_process(const void *item, const void *key)
{
	return ((const struct model_process *)item)->number ==
	       *(const int64_t *)key;
}

struct model_process *model_process_numbered(const struct model *model,
					     int64_t number)
{
	return table_find(&model->by_number, hash_number(0, (uint64_t)number),
			  same_process, &number);
}

static struct model_process *add_process(struct model *model,
					 const struct model_process *key)
{
	struct model_process *process = must_calloc(1, sizeof(*process));

	*process = *key;
	model->processes =
		append(model->processes, model->process_count++, process);
	*(void **)must(table_place(&model->by_number,
				   hash_number(0, (uint64_t)key->number),
				   same_process, &key->number)) = process;
	model->latest = process;
	return process;
}

struct model_process *model_replace_process(struct model *model,
					    struct model_process *before)
{
	const struct model_process key = { .number = before->number,
					   .vpid = before->vpid,
					   .host = before->host,
					   .session = before->session,
					   .before = before };

	return add_process(model, &key);
}

static struct model_process *process_of(struct model *model,
					const struct trace_event *event)
{
	struct model_process *process = model->latest;

	if (process && process->number == event->process)
		return process;
	process = model_process_numbered(model, event->process);
	if (!process) {
		const struct model_process key = {
			.number = event->process,
			.vpid = event->vpid,
			.host = model_keep(model, event->host),
			.session = model_keep(model, event->session),
		};

		process = add_process(model, &key);
	}
	model->latest = process;
	return process;
}

static struct model_await *
await_of(struct model *model, const struct trace_event *event, bool create)
{
	const struct model_await key = { .process = process_of(model, event),
					 .id = trace_number(event, "id") };
	uint64_t hash = hash_number(hash_number(0, key.id), event->process);
	void **place = must(table_place(&model->by_id, hash, same_await, &key));
	struct model_await *await = *place;

	if (!await || (create && await->created))
		await = add_await(model, place, &key);
	return await;
}

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
	struct model_await *await = await_of(model, event, true);

	learn_function(model, await, event);
	await->created = 1;
	await->file = model_keep(model, trace_string(event, "file"));
	await->line = trace_number(event, "line");
	await->function->created++;
}

static void on_begin(struct model *model, const struct trace_event *event)
{
	struct model_await *await = await_of(model, event, false);

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
	await->runs++;
	await->running = 1;
	await->function->runs++;
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
	struct model_await *await = await_of(model, event, false);
	uint64_t took_ns = trace_number(event, "latency_ns");
	int failed = trace_number(event, "outcome") != AWAIT_RESOLVED;

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

static void on_process(struct model *model, const struct trace_event *event)
{
	belonging_note(model, process_of(model, event), event);
}

static void on_hit(struct model *model, const struct trace_event *event)
{
	await_of(model, event, false)->hits++;
}

/* That wait may sleep until the end of the trace. */
static void on_block(struct model *model, const struct trace_event *event)
{
	await_of(model, event, false)->waited = true;
}

static void on_wait_end(struct model *model, const struct trace_event *event)
{
	struct model_await *await = await_of(model, event, false);
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
	await_of(model, event, false)->name =
		model_keep(model, trace_string(event, "name"));
}

/* From a state dump: an await that existed when the recording began. It may be
 * called running although it has ended since. */
static void on_live(struct model *model, const struct trace_event *event)
{
	struct model_await *await = await_of(model, event, false);
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
	if (trace_number(event, "state") != AWAIT_RUNNING || await->runs)
		return;
	await->runs = 1;
	await->running = 1;
	await->waited = true;
	await->function->runs++;
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
		{ "await:wait_end", on_wait_end },
		{ "await:name", on_name },
		{ "await:statedump_live", on_live },
		{ "await:statedump_process", on_process },
	};

	struct model_process *process;

	model_recorded(model, event->process >> 32, event->time);
	if (model->foreign || strncmp(event->name, "await:", 6) != 0)
		return;
	process = process_of(model, event);
	process->events += strcmp(event->name, "await:statedump_process") != 0;
	if (events_known(&reader, &process->seen, event, &model->why_foreign)) {
		model->foreign = true;
		return;
	}
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

/* SPDX-License-Identifier: MIT */
/* The end of model.h's work: what is of the recording, and the sums of it. */
#include "awaitctl/report/belonging.h"
#include "awaitctl/report/model.h"
#include "awaitctl/tracedir/filtered.h"

#include <stdlib.h>

static bool is_counted(const struct model_process *process)
{
	return process->belonging != BELONGS_NOT;
}

static void finish_processes(struct model *model)
{
	const char *host = NULL;

	belonging_decide(model);
	for (size_t i = 0; i < model->process_count; i++) {
		const struct model_process *process = model->processes[i];

		if (!is_counted(process)) {
			model->others += process->events;
			continue;
		}
		model->counted++;
		model->events += process->events;
		model->perhaps += process->belonging == BELONGS_PERHAPS;
		model->cut_off += process->cut_off;
		if (host && host != process->host)
			model->several_hosts = true;
		host = process->host;
	}
}

/* What a filter hid is not what did not happen. */
static void finish_filter(struct model *model)
{
	static const char *const waits[] = { "await:exec_begin", "await:hit",
					     "await:block_begin",
					     "await:wait_end" };
	const struct filtered *filtered = model->filtered;

	if (!filtered || filtered_by_await(filtered))
		return;
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		if (filtered_has(filtered, waits[i]))
			model->waits_unknown = true;
	model->ends_unknown = filtered_has(filtered, "await:exec_end");
}

static bool same_namespace(const struct model_process *a,
			   const struct model_process *b)
{
	return a->number >> 32 == b->number >> 32;
}

/* It has said what it is. In a namespace of its own it knows no parent. */
static bool is_recorded(const struct model *model,
			const struct model_child *child)
{
	for (size_t i = 0; child->followed && i < model->process_count; i++) {
		const struct model_process *process = model->processes[i];

		if (process->recordings && process->vpid == child->vpid &&
		    process->host == child->parent->host &&
		    (process->ppid == 0 ||
		     process->ppid == child->parent->vpid ||
		     same_namespace(process, child->parent)))
			return true;
	}
	return false;
}

static void finish_children(struct model *model)
{
	size_t count = 0;

	for (size_t i = 0; i < model->child_count; i++)
		if (is_counted(model->children[i].parent) &&
		    !is_recorded(model, &model->children[i]))
			model->children[count++] = model->children[i];
	model->child_count = count;
}

/* An await of which a process has not said what it runs may be a copy of its
 * parent's, which it ended before its state dump. */
static struct model_function *find_function(struct model *model,
					    const struct model_await *await)
{
	const struct model_process *process = await->process;
	struct model_process *parent;
	int64_t host = process->number & ~(int64_t)UINT32_MAX;
	const struct model_await *original = NULL;

	parent = model_process_numbered(model, host | process->ppid);
	if (parent && parent != process)
		original = model_await_known(model, parent, await->id);
	return original && original->function ?
		       model_function_of(model, process,
					 original->function->name,
					 original->function->type) :
		       model_function_of(model, process, "(unknown)", "");
}

int64_t model_end_of(const struct model *model,
		     const struct model_process *process)
{
	return process->has_ended ? process->ended :
				    model->ends[process->number >> 32];
}

static void finish_run(const struct model *model, struct model_await *await)
{
	const struct model_process *process = await->process;

	await->took_ns =
		(uint64_t)(model_end_of(model, process) - await->began);
	if (process->has_ended)
		await->outcome = OUTCOME_CUT_SHORT;
}

static void finish_await(struct model *model, struct model_await *await)
{
	if (!await->function)
		await->function = find_function(model, await);
	await->function->hits += await->hits;
	if (await->process->has_ended)
		await->function->cut_short += await->running;
	else
		await->function->running += await->running;
	await->process->running += await->running;
	for (int end = 0; end < MODEL_ENDS; end++)
		await->function->ends[end] += await->ends[end];
	if (await->outcome == OUTCOME_RUNNING && model->ends_unknown)
		await->outcome = OUTCOME_UNSEEN;
	if (await->outcome == OUTCOME_RUNNING)
		finish_run(model, await);
	if (!await->waited && !await->hits &&
	    (await->created || !await->dumped))
		await->function->never_waited++;
}

static void finish_awaits(struct model *model)
{
	size_t count = 0;

	for (size_t i = 0; i < model->await_count; i++) {
		struct model_await *await = model->awaits[i];

		if (!is_counted(await->process) ||
		    (await->inherited && !await->function))
			continue;
		finish_await(model, await);
		model->awaits[count++] = await;
	}
	model->await_count = count;
}

static void add(struct model_function *sum, const struct model_function *one)
{
	sum->created += one->created;
	sum->runs += one->runs;
	sum->failed += one->failed;
	sum->running += one->running;
	sum->cut_short += one->cut_short;
	sum->hits += one->hits;
	sum->never_waited += one->never_waited;
	for (int end = 0; end < MODEL_ENDS; end++)
		sum->ends[end] += one->ends[end];
	sum->total_ns += one->total_ns;
	if (one->max_ns > sum->max_ns)
		sum->max_ns = one->max_ns;
}

/* One of all processes for each. */
static void finish_functions(struct model *model)
{
	struct model_function **each = model->functions;
	size_t count = model->function_count;

	model->functions = NULL;
	model->function_count = 0;
	for (size_t i = 0; i < count; i++)
		if (is_counted(each[i]->process))
			add(model_function_of(model, NULL, each[i]->name,
					      each[i]->type),
			    each[i]);
	free(each);
}

void model_finish(struct model *model)
{
	finish_processes(model);
	finish_filter(model);
	finish_children(model);
	finish_awaits(model);
	finish_functions(model);
}

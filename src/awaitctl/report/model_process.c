/* SPDX-License-Identifier: MIT */
/* The processes of model.h, and what they say of themselves. */
#include "awaitctl/report/belonging.h"
#include "awaitctl/report/model.h"

#include "awaitctl/common/say.h"
#include "common/array.h"

#include <string.h>

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
		must(array_grow(model->processes, model->process_count,
				sizeof(*model->processes)));
	model->processes[model->process_count++] = process;
	*(void **)must(table_place(&model->by_number,
				   hash_number(0, (uint64_t)key->number),
				   same_process, &key->number)) = process;
	model->latest = process;
	return process;
}

struct model_process *model_replace_process(struct model *model,
					    struct model_process *before,
					    int64_t time)
{
	const struct model_process key = { .number = before->number,
					   .vpid = before->vpid,
					   .host = before->host,
					   .session = before->session,
					   .before = before };

	if (!before->has_ended)
		before->ended = time;
	before->has_ended = true;
	return add_process(model, &key);
}

struct model_process *model_process_of(struct model *model,
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

static void add_child(struct model *model, const struct trace_event *event)
{
	model->children = must(array_grow(model->children, model->child_count,
					  sizeof(*model->children)));
	model->children[model->child_count++] = (struct model_child){
		.parent = model_process_of(model, event),
		.vpid = (int64_t)event_number(event, FIELD_CHILD),
		.followed = event_number(event, FIELD_FOLLOWED),
	};
}

static void end_process(struct model_process *process,
			const struct trace_event *event)
{
	process->has_ended = true;
	process->ended = event->time;
}

bool model_process_event(struct model *model, const struct trace_event *event)
{
	switch (event->kind) {
	case EVENT_DUMP_PROCESS:
		belonging_note(model, model_process_of(model, event), event);
		break;
	case EVENT_PROCESS_END:
		end_process(model_process_of(model, event), event);
		break;
	case EVENT_PROCESS_CHILD:
		add_child(model, event);
		break;
	case EVENT_PROCESS_CUT_OFF:
		model_process_of(model, event)->cut_off = true;
		break;
	default:
		return false;
	}
	return true;
}

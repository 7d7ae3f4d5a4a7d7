/* SPDX-License-Identifier: MIT */
/* See records.h. */
#include "libawait-test/records/records.h"

#include "common/assert.h"
#include "common/export.h"
#include "libawait-test/records/given_names.h"

const char *record_given_name(const struct await_trace *trace, uint64_t id)
{
	return trace && trace->names ? given_names_find(trace->names, id) :
				       NULL;
}

void record_to_seen(const struct await_trace *trace,
		    const struct record *record, struct await_seen *seen)
{
	const struct await_site *site = record->site;
	bool ended = record->type == AWAIT_EVENT_EXEC_END;

	*seen = (struct await_seen){
		.type = record->type,
		.state = record->state,
		.id = record->id,
		.parent = record->parent,
		.function = site->func->name,
		.type_name = site->func->type ? site->func->type->name : NULL,
		.file = site->file,
		.line = site->line,
		.thread = record->thread,
		.time_ns = record->time_ns,
		.latency_ns = ended ? record->latency_ns : 0,
		.error = record->error,
		.attempt = record->attempt,
		.source = (enum await_run_source)record->source,
		.name = record_given_name(trace, record->id),
		.addr = record->addr,
	};
	if (record->stack == 0)
		return;
	ASSERT(record->stack <= trace->stacks_used);
	seen->stack_depth = trace->stacks[record->stack - 1];
	seen->stack = &trace->stacks[record->stack];
}

EXPORT size_t await_trace_count(const struct await_trace *trace)
{
	return trace ? trace->count : 0;
}

EXPORT size_t await_trace_lost(const struct await_trace *trace)
{
	return trace ? trace->lost : 0;
}

EXPORT bool await_trace_get(const struct await_trace *trace, size_t index,
			    struct await_seen *event)
{
	if (index >= await_trace_count(trace))
		return false;
	record_to_seen(trace, &trace->records[index], event);
	return true;
}

/* SPDX-License-Identifier: MIT */
/* How a claim begins and ends, and what it rejects. */
#include "libawait-test/assert/claim.h"

#include "common/assert.h"
#include "libawait-test/assert/by_id.h"
#include "libawait-test/assert/per_thread.h"

#include <await/inspect.h>

bool claim_no_memory(struct claim *claim)
{
	claim->no_memory = true;
	return false;
}

bool claim_begin(struct claim *claim, const struct await_trace *trace)
{
	*claim = (struct claim){ .trace = trace };
	claim->own = per_thread_begin_claim(&claim->text);
	if (!claim->own)
		return claim_no_memory(claim);
	claim->text.trace = trace;
	if (!trace)
		text_add(&claim->text,
			 "no trace: was await_trace_end() called without "
			 "await_trace_begin(), or did loading fail?");
	else if (trace->lost > 0)
		text_add(&claim->text,
			 "the trace lost %zu events and has %zu: give "
			 "await_trace_begin() more room (options.events), or "
			 "LTTng larger buffers",
			 trace->lost, trace->count);
	return claim->text.used == 0;
}

const char *claim_end(struct claim *claim)
{
	table_free(&claim->awaits);
	if (claim->own)
		per_thread_end_claim(claim->own);
	if (claim->no_memory)
		return NO_MEMORY;
	return claim->text.used > 0 ? claim->text.at : NULL;
}

/* Turns a handle into the id of the await that it was in the trace. */
static bool resolve(struct claim *claim, struct await_subject *subject)
{
	const struct await_trace *trace = claim->trace;
	const struct record *known = NULL;

	for (size_t i = 0; i < trace->count; i++) {
		const struct record *record = &trace->records[i];

		if (record->type == AWAIT_EVENT_EXEC_END ||
		    record->aw != subject->pointer)
			continue;
		if (known && known->id != record->id) {
			text_add(&claim->text, "this handle was ");
			text_name(&claim->text, text_function(known));
			text_add(&claim->text, " ");
			text_id(&claim->text, known->id);
			text_add(&claim->text, " and later ");
			text_name(&claim->text, text_function(record));
			text_add(&claim->text, " ");
			text_id(&claim->text, record->id);
			text_add(&claim->text, ": say which by its await_id()");
			return false;
		}
		known = record;
	}
	/* A handle that no event has, as in every loaded trace, may be of an
	 * await that is still alive. */
	if (known) {
		subject->id = known->id;
	} else if (await_core_valid(subject->pointer)) {
		subject->id = await_core_id(subject->pointer);
	} else {
		text_add(&claim->text,
			 "this handle is of no await that the trace saw or "
			 "that lives now: use the await_id() that it had");
		return false;
	}
	subject->kind = 'i';
	return true;
}

static bool index_awaits(struct claim *claim)
{
	if (claim->awaits.used > 0)
		return true;
	for (size_t i = 0; i < claim->trace->count; i++) {
		struct record *record = &claim->trace->records[i];
		void **first = by_id_place(&claim->awaits, record->id);

		if (!first)
			return claim_no_memory(claim);
		*first = *first ? *first : record;
	}
	return true;
}

static bool subject_is_right(struct claim *claim,
			     const struct await_match *match)
{
	/* Matchers are const only to their users. */
	struct await_subject *subject = &((struct await_match *)match)->subject;

	if (subject->kind == 'f' && !subject->pointer) {
		text_add(&claim->text, "a function's name is NULL");
		return false;
	}
	if (subject->kind == 'h' && !resolve(claim, subject))
		return false;
	return match->kind != MATCH_INSIDE || subject->kind != 'f' ||
	       index_awaits(claim);
}

/* Sets *stacks if match needs stacks. */
static bool is_right(struct claim *claim, const struct await_match *match,
		     bool *stacks)
{
	const char *wrong = per_thread_objection(claim->own, match);

	if (!wrong && match->kind >= MATCH_MADE_AT && !match->name)
		wrong = "a file's or function's name is NULL";
	if (!wrong && match->kind == MATCH_WHERE && !match->matches)
		wrong = "await_where() without a function";
	if (wrong) {
		text_add(&claim->text, "%s", wrong);
		return false;
	}
	if (match->kind == MATCH_EVENT || match->kind == MATCH_INSIDE)
		return subject_is_right(claim, match);
	*stacks |= match->kind == MATCH_STACK;
	for (const struct await_match *link = match->first; link;
	     link = link->next) {
		if (!is_right(claim, link->first, stacks))
			return false;
	}
	return true;
}

bool claim_prepare(struct claim *claim, const struct await_match *match,
		   const struct await_match *filter)
{
	const struct await_trace *trace = claim->trace;
	bool stacks = false;

	ASSERT(trace && claim->own);
	if (!match)
		return true;
	if (!is_right(claim, match, &stacks))
		return false;
	for (size_t i = 0; stacks && i < trace->count; i++) {
		if (!match_event(filter, claim, &trace->records[i]) ||
		    match_evaluate(match, claim, &trace->records[i]) != UNKNOWN)
			continue;
		text_add(&claim->text,
			 "no stack was recorded of event %zu: ", i + 1);
		text_record(&claim->text, trace, &trace->records[i]);
		text_add(&claim->text, "\n  name its type in "
				       "await_trace_options.stacks");
		return false;
	}
	return true;
}

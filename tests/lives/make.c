/* SPDX-License-Identifier: MIT */
/* See make.h. */
#include "make.h"

struct trace_event make_event(enum event_kind kind, int64_t time, uint64_t id)
{
	struct trace_event event = {
		.kind = kind,
		.has = UINT32_MAX,
		.time = time,
		.clock = (uint64_t)time,
		.process = MAKE_PROCESS,
		.host = "here",
		.session = "",
		.vpid = MAKE_PROCESS,
		.vtid = MAKE_THREAD,
	};

	for (int field = 0; field < FIELDS - FIELD_NUMBERS; field++)
		event.strings[field] = "";
	event.numbers[FIELD_ID] = id;
	event.numbers[FIELD_LINE] = 7;
	event.numbers[FIELD_EVENTS_MAJOR] = 1;
	event.strings[FIELD_FUNCTION - FIELD_NUMBERS] = "f";
	event.strings[FIELD_TYPE - FIELD_NUMBERS] = "int";
	event.strings[FIELD_FILE - FIELD_NUMBERS] = "a.c";
	return event;
}

void make_take(struct lives *lives, const struct trace_event *event)
{
	assert_int_equal(lives_event(lives, event), 0);
	assert_false(lives->foreign);
}

void make_plain(struct lives *lives, enum event_kind kind, int64_t time,
		uint64_t id)
{
	const struct trace_event event = make_event(kind, time, id);

	make_take(lives, &event);
}

void make_begin(struct lives *lives, int64_t time, uint64_t id,
		unsigned attempt)
{
	struct trace_event event = make_event(EVENT_EXEC_BEGIN, time, id);

	event.numbers[FIELD_ATTEMPT] = attempt;
	event.numbers[FIELD_SOURCE] = AWAIT_RUN_WAIT;
	make_take(lives, &event);
}

void make_end(struct lives *lives, int64_t time, uint64_t id, uint64_t took,
	      int error)
{
	struct trace_event event = make_event(EVENT_EXEC_END, time, id);

	event.numbers[FIELD_LATENCY] = took;
	event.numbers[FIELD_ERROR] = (uint64_t)error;
	event.numbers[FIELD_OUTCOME] = error ? AWAIT_FAILED : AWAIT_RESOLVED;
	make_take(lives, &event);
}

void make_wait_end(struct lives *lives, int64_t time, uint64_t id,
		   enum await_state state, int error)
{
	struct trace_event event = make_event(EVENT_WAIT_END, time, id);

	event.numbers[FIELD_STATE] = state;
	event.numbers[FIELD_ERROR] = (uint64_t)error;
	make_take(lives, &event);
}

struct figures make_sum(const struct lives *lives)
{
	struct figures sum = { 0 };

	for (size_t i = 0; i < lives->site_count; i++)
		if (!strcmp(lives->sites[i]->function->name, "f"))
			assert_int_equal(
				figures_add(&sum, &lives->sites[i]->figures),
				0);
	return sum;
}

/* SPDX-License-Identifier: MIT */
/* See life_event.h. Fields have the order of the table, which says how each is
 * read from a life. */
#include "babeltrace-plugin/life_event.h"

#include "babeltrace/mip.h"
#include "common/await_text.h"

#include <stddef.h>
#include <string.h>

enum kind { NUMBER, SIGNED, WORD, TEXT, STATE, TIME, BOOL };

/* at: of the value; known: of the bool that says whether there is one, 0: there
 * is. A text is unknown if it is NULL or empty, a word never. */
static const struct {
	const char *name;
	enum kind kind;
	size_t at, known;
} fields[] = {
#define LIFE(member) offsetof(struct life, member)
	{ "id", NUMBER, LIFE(id), 0 },
	{ "pid", SIGNED, LIFE(pid), LIFE(pid_known) },
	{ "host", TEXT, LIFE(host), 0 },
	{ "name", TEXT, LIFE(name), 0 },
	{ "function", TEXT, LIFE(function), 0 },
	{ "type", TEXT, LIFE(type), 0 },
	{ "file", TEXT, LIFE(file), 0 },
	{ "line", NUMBER, LIFE(line), LIFE(line_known) },
	{ "created_at", TIME, LIFE(created), 0 },
	{ "first_wait_at", TIME, LIFE(first_wait), 0 },
	{ "first_run_at", TIME, LIFE(first_run), 0 },
	{ "first_run_ended_at", TIME, LIFE(first_run_ended), 0 },
	{ "ended_at", SIGNED, LIFE(ended_at), 0 },
	{ "ended_by", WORD, LIFE(ended_by), 0 },
	{ "runs", NUMBER, LIFE(runs), 0 },
	{ "hits", NUMBER, LIFE(hits), 0 },
	{ "waits", NUMBER, LIFE(waits), 0 },
	{ "blocked_ns", NUMBER, LIFE(blocked_ns), LIFE(blocked_known) },
	{ "outcome", STATE, LIFE(state), LIFE(state_known) },
	{ "error", SIGNED, LIFE(error), LIFE(error_known) },
	{ "lossy", BOOL, LIFE(lossy), 0 },
#undef LIFE
};

enum { FIELD_COUNT = sizeof(fields) / sizeof(fields[0]) };

/* --- classes --- */

static bool is_option(size_t i)
{
	return fields[i].known || fields[i].kind == TEXT ||
	       fields[i].kind == TIME;
}

static bt_field_class *content_of(size_t i, bt_trace_class *of)
{
	switch (fields[i].kind) {
	case NUMBER:
		return bt_field_class_integer_unsigned_create(of);
	case SIGNED:
	case TIME:
		return bt_field_class_integer_signed_create(of);
	case BOOL:
		return bt_field_class_bool_create(of);
	default:
		return bt_field_class_string_create(of);
	}
}

static int add_field(bt_field_class *payload, size_t i, bt_trace_class *of,
		     uint64_t mip)
{
	bt_field_class *content = content_of(i, of), *class = content;
	int rc = -1;

	if (content && is_option(i)) {
		class = mip_option_create(mip, of, content);
		bt_field_class_put_ref(content);
	}
	if (class && bt_field_class_structure_append_member(
			     payload, fields[i].name, class) == 0)
		rc = 0;
	bt_field_class_put_ref(class);
	return rc;
}

static int add_payload(struct life_events *events, bt_trace_class *of)
{
	bt_field_class *payload = bt_field_class_structure_create(of);
	int rc = payload ? 0 : -1;

	for (size_t i = 0; rc == 0 && i < FIELD_COUNT; i++)
		rc = add_field(payload, i, of, events->mip);
	if (rc == 0 &&
	    bt_event_class_set_payload_field_class(events->class, payload))
		rc = -1;
	bt_field_class_put_ref(payload);
	return rc;
}

static int add_clock(struct life_events *events, bt_stream_class *stream,
		     const bt_clock_class *origin)
{
	bt_clock_class *clock;
	int rc = -1;

	events->has_clock = origin != NULL;
	if (!origin)
		return 0;
	clock = bt_clock_class_create(
		bt_self_message_iterator_borrow_component(events->self));
	if (clock && mip_copy_origin(events->mip, clock, origin) == 0 &&
	    bt_stream_class_set_default_clock_class(stream, clock) == 0)
		rc = 0;
	bt_clock_class_put_ref(clock);
	return rc;
}

static int add_stream(struct life_events *events, bt_trace_class *trace_class,
		      bt_stream_class *stream_class)
{
	bt_trace *trace = bt_trace_create(trace_class);

	events->class = bt_event_class_create(stream_class);
	if (trace && events->class &&
	    bt_event_class_set_name(events->class, "life") == 0 &&
	    add_payload(events, trace_class) == 0 &&
	    bt_trace_set_name(trace, "lives") == 0)
		events->stream = bt_stream_create(stream_class, trace);
	bt_trace_put_ref(trace);
	return events->stream ? 0 : -1;
}

int life_events_open(struct life_events *events, bt_self_message_iterator *self,
		     uint64_t mip, const bt_clock_class *clock)
{
	bt_trace_class *trace_class = bt_trace_class_create(
		bt_self_message_iterator_borrow_component(self));
	bt_stream_class *stream_class =
		trace_class ? bt_stream_class_create(trace_class) : NULL;
	int rc = -1;

	*events = (struct life_events){ .self = self, .mip = mip };
	if (stream_class && add_clock(events, stream_class, clock) == 0)
		rc = add_stream(events, trace_class, stream_class);
	bt_stream_class_put_ref(stream_class);
	bt_trace_class_put_ref(trace_class);
	return rc;
}

void life_events_close(struct life_events *events)
{
	bt_event_class_put_ref(events->class);
	bt_stream_put_ref(events->stream);
}

/* --- messages --- */

static int fill(bt_field *field, enum kind kind, const void *value)
{
	switch (kind) {
	case NUMBER:
		bt_field_integer_unsigned_set_value(field,
						    *(const uint64_t *)value);
		return 0;
	case SIGNED:
		bt_field_integer_signed_set_value(field,
						  *(const int64_t *)value);
		return 0;
	case TIME:
		bt_field_integer_signed_set_value(
			field, ((const struct life_time *)value)->at);
		return 0;
	case BOOL:
		bt_field_bool_set_value(field, *(const bool *)value);
		return 0;
	case STATE:
		return bt_field_string_set_value(
			field,
			state_name((uint32_t) * (const uint64_t *)value));
	default:
		return bt_field_string_set_value(field,
						 *(const char *const *)value);
	}
}

static bool is_known(const struct life *life, size_t i)
{
	const char *bytes = (const char *)life, *value = bytes + fields[i].at;

	if (fields[i].kind == TEXT)
		return *(const char *const *)value &&
		       **(const char *const *)value;
	if (fields[i].kind == TIME)
		return ((const struct life_time *)value)->known;
	return !fields[i].known || *(const bool *)(bytes + fields[i].known);
}

static int fill_all(bt_field *payload, const struct life *life)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		bt_field *field =
			bt_field_structure_borrow_member_field_by_index(payload,
									i);
		bool known = is_known(life, i);

		if (is_option(i)) {
			bt_field_option_set_has_field(field, known);
			if (!known)
				continue;
			field = bt_field_option_borrow_field(field);
		}
		if (fill(field, fields[i].kind,
			 (const char *)life + fields[i].at))
			return -1;
	}
	return 0;
}

const bt_message *life_events_begin(const struct life_events *events)
{
	return bt_message_stream_beginning_create(events->self, events->stream);
}

const bt_message *life_events_message(const struct life_events *events,
				      const struct life *life, uint64_t time)
{
	bt_message *message =
		events->has_clock ?
			bt_message_event_create_with_default_clock_snapshot(
				events->self, events->class, events->stream,
				time) :
			bt_message_event_create(events->self, events->class,
						events->stream);

	if (!message ||
	    fill_all(bt_event_borrow_payload_field(
			     bt_message_event_borrow_event(message)),
		     life) == 0)
		return message;
	bt_message_put_ref(message);
	return NULL;
}

const bt_message *life_events_end(const struct life_events *events)
{
	return bt_message_stream_end_create(events->self, events->stream);
}

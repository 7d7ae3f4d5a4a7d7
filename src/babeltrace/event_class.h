/* SPDX-License-Identifier: MIT */
/*
 * What is looked up once for all events of a class: which of event.h's kinds
 * they are, and where in them the fields are. A class is known by its address,
 * which stays while its trace is held.
 */
#pragma once

#include "common/table.h"
#include "lives/event.h"

#include <babeltrace2/babeltrace.h>

enum place_type { PLACE_NONE, PLACE_UNSIGNED, PLACE_SIGNED, PLACE_STRING };

/* Of a field in a structure. */
struct field_place {
	uint64_t index;
	enum place_type type; /* NONE: it is not there, or of another type */
};

struct event_class {
	const bt_event_class *class;
	enum event_kind kind;
	bool maps_file; /* it is LTTng's, and tells of a mapped file */
	bool of_stacks; /* see event_class_are_stacks() */
	/* In the common context: */
	struct field_place vpid, vtid, pid_ns;
	/* In the payload, those that are there: */
	size_t count;
	struct {
		struct field_place place;
		enum event_field field;
	} fields[FIELDS];
};

struct event_classes {
	struct table by_address;
	struct event_class *latest;
};

/* That of the event, or NULL without memory. */
const struct event_class *event_class_of(struct event_classes *classes,
					 const bt_event *event);

/* Whether a stream has no events but those of stacks. */
bool event_class_are_stacks(const bt_stream *stream);

void event_classes_free(struct event_classes *classes);

/* The number there; 0 if there is none. */
uint64_t event_class_number(const struct field_place *place,
			    const bt_field *structure);

/* Fills the fields that the event has; the others have to be nothing. */
void event_class_read(const struct event_class *class, const bt_event *event,
		      struct trace_event *out);

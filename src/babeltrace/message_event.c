/* SPDX-License-Identifier: MIT */
/* See message_event.h. */
#include "babeltrace/message_event.h"

#include "babeltrace/discarded.h"
#include "babeltrace/field.h"
#include "babeltrace/mapping.h"
#include "babeltrace/mip.h"

#include <stdlib.h>

/* NULL if the trace has no clock. */
static const bt_clock_snapshot *event_clock(const bt_message *message,
					    const bt_event *event)
{
	const bt_stream_class *class = bt_stream_borrow_class_const(
		bt_event_borrow_stream_const(event));

	return bt_stream_class_borrow_default_clock_class_const(class) ?
		       bt_message_event_borrow_default_clock_snapshot_const(
			       message) :
		       NULL;
}

/* Leaves time and clock 0 if the trace has no clock. */
static void read_clock(const bt_message *message, const bt_event *event,
		       struct trace_event *out)
{
	const bt_clock_snapshot *now = event_clock(message, event);

	if (!now)
		return;
	bt_clock_snapshot_get_ns_from_origin(now, &out->time);
	out->clock = bt_clock_snapshot_get_value(now);
}

static const struct trace_event nothing = {
	.host = "",
	.session = "",
	.strings = { "", "", "", "", "" },
};

static char *said_by(const bt_trace *trace, const char *entry)
{
	const bt_value *said =
		bt_trace_borrow_environment_entry_value_by_name_const(trace,
								      entry);

	return said && bt_value_is_string(said) ?
		       (char *)bt_value_string_get(said) :
		       "";
}

/* A trace is known by its address, and so is held. */
static const struct event_host *add_host(struct message_events *events,
					 const bt_trace *trace, uint64_t pid_ns)
{
	const struct event_host one = {
		.trace = (uintptr_t)trace,
		.pid_ns = pid_ns,
		.trace_id = mip_trace_id(events->mip, trace),
		.name = said_by(trace, "hostname"),
		.session = said_by(trace, "trace_name"),
	};
	const struct event_host *host =
		one.trace_id ? event_host_add(&events->hosts, &one) : NULL;

	if (host)
		bt_trace_get_ref(trace);
	free(one.trace_id);
	return host;
}

/* NULL without memory. */
static const struct event_host *host_of(struct message_events *events,
					const bt_event *event, uint64_t pid_ns)
{
	const bt_trace *trace = bt_stream_borrow_trace_const(
		bt_event_borrow_stream_const(event));
	const struct event_host *host =
		event_host_find(&events->hosts, (uintptr_t)trace, pid_ns);

	return host ? host : add_host(events, trace, pid_ns);
}

static void read_process(struct message_events *events, const bt_event *event,
			 const struct event_class *class,
			 struct trace_event *out)
{
	const bt_field *common =
		bt_event_borrow_common_context_field_const(event);
	const struct event_host *host = host_of(
		events, event, event_class_number(&class->pid_ns, common));

	if (host) {
		out->host = host->name;
		out->session = host->session;
	}
	out->vpid = (int64_t)event_class_number(&class->vpid, common);
	out->vtid = (int64_t)event_class_number(&class->vtid, common);
	/* Whatever the trace says, it does not reach the host's number. */
	out->process = (host ? host->number << 32 : 0) | (uint32_t)out->vpid;
}

static void emit_mapping(const struct message_events *events,
			 const bt_event *event, const struct trace_event *of)
{
	struct mapped_file file = { .process = of->process, .time = of->time };

	mapping_read(event, &file);
	events->calls->mapped_file(events->data, &file);
}

static void emit_event(struct message_events *events, const bt_message *message)
{
	const bt_event *event = bt_message_event_borrow_event_const(message);
	const struct event_class *class =
		event_class_of(&events->classes, event);
	struct trace_event out = nothing;

	events->stopped = !class;
	if (!class || (class->of_stacks && !events->calls->stacks))
		return;
	out.kind = class->kind;
	read_clock(message, event, &out);
	read_process(events, event, class, &out);
	event_class_read(class, event, &out);
	if (events->calls->stacks && event_is_stack(out.kind)) {
		out.stack = events->stack;
		out.depth = field_numbers(field_named(event, "stack"),
					  events->stack, EVENT_DEPTH_MAX);
	}
	if (class->maps_file && events->calls->mapped_file)
		emit_mapping(events, event, &out);
	events->calls->event(events->data, &out);
}

static const bt_stream *packet_stream(const bt_message *message)
{
	return bt_packet_borrow_stream_const(
		bt_message_packet_end_borrow_packet_const(message));
}

bool message_event_time(const bt_message *message, int64_t *time)
{
	const bt_clock_snapshot *snapshot = NULL;

	switch (bt_message_get_type(message)) {
	case BT_MESSAGE_TYPE_EVENT:
		snapshot = event_clock(
			message, bt_message_event_borrow_event_const(message));
		break;
	case BT_MESSAGE_TYPE_PACKET_END:
		if (bt_stream_class_packets_have_end_default_clock_snapshot(
			    bt_stream_borrow_class_const(
				    packet_stream(message))))
			snapshot =
				bt_message_packet_end_borrow_default_clock_snapshot_const(
					message);
		break;
	default:
		break;
	}
	return snapshot &&
	       bt_clock_snapshot_get_ns_from_origin(snapshot, time) == 0;
}

/* Streams that have only stacks, if nobody asks for those: what is told does
 * not depend on whether they were read. */
static bool is_left_out(const struct message_events *events,
			const bt_stream *stream)
{
	return !events->calls->stacks && event_class_are_stacks(stream);
}

/* Of all namespaces whose events were in that trace so far. */
static void emit_packet_end(struct message_events *events,
			    const bt_message *message)
{
	const bt_trace *trace =
		bt_stream_borrow_trace_const(packet_stream(message));
	int64_t time;

	if (!events->calls->packet_end ||
	    is_left_out(events, packet_stream(message)) ||
	    !message_event_time(message, &time))
		return;
	for (size_t i = 0; i < events->hosts.count; i++)
		if (events->hosts.items[i].trace == (uintptr_t)trace)
			events->calls->packet_end(events->data,
						  events->hosts.items[i].number,
						  time);
}

/* Those that have no number came before the first packet. */
static void emit_discarded_events(struct message_events *events,
				  const bt_message *message)
{
	uint64_t count = discarded_events(message);

	if (!is_left_out(
		    events,
		    bt_message_discarded_events_borrow_stream_const(message)) &&
	    (count || !events->first_discarded))
		events->calls->discarded(events->data, count);
}

static void emit_discarded_packets(struct message_events *events,
				   const bt_message *message)
{
	if (!is_left_out(
		    events,
		    bt_message_discarded_packets_borrow_stream_const(message)))
		events->calls->discarded(events->data,
					 discarded_events(message));
}

void message_event_take(struct message_events *events,
			const bt_message *message)
{
	switch (bt_message_get_type(message)) {
	case BT_MESSAGE_TYPE_PACKET_END:
		emit_packet_end(events, message);
		break;
	case BT_MESSAGE_TYPE_EVENT:
		emit_event(events, message);
		break;
	case BT_MESSAGE_TYPE_DISCARDED_EVENTS:
		emit_discarded_events(events, message);
		break;
	case BT_MESSAGE_TYPE_DISCARDED_PACKETS:
		emit_discarded_packets(events, message);
		break;
	default:
		break;
	}
}

void message_events_free(struct message_events *events)
{
	event_classes_free(&events->classes);
	for (size_t i = 0; i < events->hosts.count; i++)
		bt_trace_put_ref(
			(const bt_trace *)(uintptr_t)events->hosts.items[i]
				.trace);
	event_hosts_free(&events->hosts);
}

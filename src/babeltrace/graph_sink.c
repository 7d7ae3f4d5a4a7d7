/* SPDX-License-Identifier: MIT */
/* See graph_sink.h. */
#include "babeltrace/graph_sink.h"

#include "babeltrace/mip.h"

#include <inttypes.h>
#include <stdio.h>

/* A message that has no time comes behind the one before. */
static void set_time(struct graph_stream *stream)
{
	int64_t time;

	if (message_event_time(stream->messages[stream->next], &time))
		stream->time = time;
}

/* Gets more messages when all are taken. */
static bt_message_iterator_next_status refill(struct graph_stream *stream)
{
	bt_message_iterator_next_status status = bt_message_iterator_next(
		stream->iterator, &stream->messages, &stream->count);

	stream->next = 0;
	if (status != BT_MESSAGE_ITERATOR_NEXT_STATUS_OK)
		stream->count = 0;
	else
		set_time(stream);
	return status;
}

/* The first messages of all streams. */
static bt_message_iterator_next_status begin(struct graph *graph)
{
	for (; graph->begun < graph->stream_count; graph->begun++) {
		struct graph_stream *stream = graph->streams[graph->begun];
		struct merge_head head = { .rank = stream->rank,
					   .stream = stream };
		bt_message_iterator_next_status status = refill(stream);

		head.time = stream->time;
		if (status == BT_MESSAGE_ITERATOR_NEXT_STATUS_OK &&
		    merge_add(&graph->merge, &head))
			return BT_MESSAGE_ITERATOR_NEXT_STATUS_MEMORY_ERROR;
		if (status != BT_MESSAGE_ITERATOR_NEXT_STATUS_OK &&
		    status != BT_MESSAGE_ITERATOR_NEXT_STATUS_END)
			return status;
	}
	return BT_MESSAGE_ITERATOR_NEXT_STATUS_OK;
}

static void take(struct graph *graph, struct graph_stream *stream)
{
	const bt_message *message = stream->messages[stream->next++];
	int64_t time;

	graph->current = stream;
	if (graph->packet_end &&
	    bt_message_get_type(message) == BT_MESSAGE_TYPE_PACKET_END) {
		if (message_event_time(message, &time))
			graph->packet_end(graph->events.data, time);
	} else {
		message_event_take(&graph->events, message);
	}
	bt_message_put_ref(message);
}

/* Takes messages until one of the streams has to be asked for more, and asks.
 */
static bt_message_iterator_next_status take_some(struct graph *graph)
{
	while (graph->merge.count && !graph->events.stopped) {
		struct graph_stream *stream = graph->merge.heads[0].stream;
		bt_message_iterator_next_status status =
			BT_MESSAGE_ITERATOR_NEXT_STATUS_OK;
		bool asked = stream->next == stream->count;

		/* If it was to be asked again. */
		if (!asked) {
			take(graph, stream);
			asked = stream->next == stream->count;
		}
		if (asked)
			status = refill(stream);
		else
			set_time(stream);
		if (status == BT_MESSAGE_ITERATOR_NEXT_STATUS_OK)
			merge_advance(&graph->merge, stream->time,
				      stream->rank);
		else if (status == BT_MESSAGE_ITERATOR_NEXT_STATUS_END)
			merge_drop(&graph->merge);
		else
			return status;
		if (asked)
			return BT_MESSAGE_ITERATOR_NEXT_STATUS_OK;
	}
	return BT_MESSAGE_ITERATOR_NEXT_STATUS_END;
}

static struct graph *graph_of(bt_self_component_sink *self)
{
	return bt_self_component_get_data(
		bt_self_component_sink_as_self_component(self));
}

static bt_component_class_sink_consume_method_status
consume(bt_self_component_sink *self)
{
	struct graph *graph = graph_of(self);
	bt_message_iterator_next_status status = begin(graph);

	if (status == BT_MESSAGE_ITERATOR_NEXT_STATUS_OK)
		status = take_some(graph);
	return (bt_component_class_sink_consume_method_status)status;
}

static void name_input(char name[32], const struct graph_stream *stream)
{
	snprintf(name, 32, "in-%" PRIu32, stream->rank);
}

static bt_component_class_initialize_method_status
initialize(bt_self_component_sink *self,
	   bt_self_component_sink_configuration *configuration,
	   const bt_value *parameters, void *data)
{
	struct graph *graph = data;
	char name[32];

	(void)configuration;
	(void)parameters;
	bt_self_component_set_data(
		bt_self_component_sink_as_self_component(self), graph);
	for (size_t i = 0; i < graph->stream_count; i++) {
		bt_self_component_add_port_status status;

		name_input(name, graph->streams[i]);
		status = bt_self_component_sink_add_input_port(self, name, NULL,
							       NULL);
		if (status != BT_SELF_COMPONENT_ADD_PORT_STATUS_OK)
			return (bt_component_class_initialize_method_status)
				status;
	}
	return BT_COMPONENT_CLASS_INITIALIZE_METHOD_STATUS_OK;
}

static bt_component_class_sink_graph_is_configured_method_status
configured(bt_self_component_sink *self)
{
	struct graph *graph = graph_of(self);
	int status = BT_MESSAGE_ITERATOR_CREATE_FROM_SINK_COMPONENT_STATUS_OK;

	for (size_t i = 0; !status && i < graph->stream_count; i++)
		status = bt_message_iterator_create_from_sink_component(
			self,
			bt_self_component_sink_borrow_input_port_by_index(self,
									  i),
			&graph->streams[i]->iterator);
	return (bt_component_class_sink_graph_is_configured_method_status)
		status;
}

/* What was not taken is let go first. */
static void finalize(bt_self_component_sink *self)
{
	struct graph *graph = graph_of(self);

	for (size_t i = 0; i < graph->stream_count; i++) {
		struct graph_stream *stream = graph->streams[i];

		while (stream->next < stream->count)
			bt_message_put_ref(stream->messages[stream->next++]);
		bt_message_iterator_put_ref(stream->iterator);
		stream->iterator = NULL;
	}
}

int graph_sink_add(struct graph *graph)
{
	graph->class = bt_component_class_sink_create("awaitctl", consume);
	if (!graph->class)
		return -1;
	if (mip_set_supported(graph->class) ||
	    bt_component_class_sink_set_initialize_method(graph->class,
							  initialize) ||
	    bt_component_class_sink_set_graph_is_configured_method(
		    graph->class, configured) ||
	    bt_component_class_sink_set_finalize_method(graph->class, finalize))
		return -1;
	if (bt_graph_add_sink_component_with_initialize_method_data(
		    graph->graph, graph->class, "awaitctl", NULL, graph,
		    BT_LOGGING_LEVEL_NONE, &graph->sink))
		return -1;
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* See reader.c for the shape of the graph. */
#define _GNU_SOURCE
#include "babeltrace/graph.h"

#include "babeltrace/mip.h"
#include "ctf/metadata_layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUIET BT_LOGGING_LEVEL_NONE

static struct graph *graph_of(bt_self_component_sink *self)
{
	return bt_self_component_get_data(
		bt_self_component_sink_as_self_component(self));
}

static bt_component_class_initialize_method_status
initialize(bt_self_component_sink *self,
	   bt_self_component_sink_configuration *configuration,
	   const bt_value *parameters, void *data)
{
	(void)configuration;
	(void)parameters;
	bt_self_component_set_data(
		bt_self_component_sink_as_self_component(self), data);
	return (bt_component_class_initialize_method_status)
		bt_self_component_sink_add_input_port(self, "in", NULL, NULL);
}

static bt_component_class_sink_graph_is_configured_method_status
configured(bt_self_component_sink *self)
{
	bt_self_component_port_input *port =
		bt_self_component_sink_borrow_input_port_by_index(self, 0);

	return (bt_component_class_sink_graph_is_configured_method_status)
		bt_message_iterator_create_from_sink_component(
			self, port, &graph_of(self)->messages);
}

static bt_component_class_sink_consume_method_status
consume(bt_self_component_sink *self)
{
	struct graph *graph = graph_of(self);
	bt_message_array_const messages;
	bt_message_iterator_next_status status;
	uint64_t count;

	status = bt_message_iterator_next(graph->messages, &messages, &count);
	if (status != BT_MESSAGE_ITERATOR_NEXT_STATUS_OK)
		return (bt_component_class_sink_consume_method_status)status;
	for (uint64_t i = 0; i < count; i++) {
		if (!graph->events.stopped)
			message_event_take(&graph->events, messages[i]);
		bt_message_put_ref(messages[i]);
	}
	return graph->events.stopped ?
		       BT_COMPONENT_CLASS_SINK_CONSUME_METHOD_STATUS_END :
		       BT_COMPONENT_CLASS_SINK_CONSUME_METHOD_STATUS_OK;
}

static void finalize(bt_self_component_sink *self)
{
	bt_message_iterator_put_ref(graph_of(self)->messages);
	graph_of(self)->messages = NULL;
}

static int add_sink(struct graph *graph)
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
		    graph->graph, graph->class, "awaitctl", NULL, graph, QUIET,
		    &graph->sink))
		return -1;
	return 0;
}

static int add_muxer(struct graph *graph)
{
	const bt_component_class_filter *class =
		bt_plugin_borrow_filter_component_class_by_name_const(
			graph->utils, "muxer");

	if (!class ||
	    bt_graph_add_filter_component(graph->graph, class, "muxer", NULL,
					  QUIET, &graph->muxer))
		return -1;
	return 0;
}

int graph_open(struct graph *graph, const struct reader_calls *calls,
	       void *data)
{
	*graph = (struct graph){ .events.calls = calls, .events.data = data };
	bt_logging_set_global_level(QUIET);
	/* Otherwise the search for plugins starts a Python interpreter. */
	setenv("LIBBABELTRACE2_DISABLE_PYTHON_PLUGINS", "1", 1);
	if (bt_plugin_find("ctf", 1, 1, 1, 1, 1, &graph->ctf) ||
	    bt_plugin_find("utils", 1, 1, 1, 1, 1, &graph->utils))
		return -1;
	graph->graph = bt_graph_create(mip_version());
	if (!graph->graph)
		return -1;
	return add_muxer(graph) || add_sink(graph) ? -1 : 0;
}

static const bt_component_source *add_source(struct graph *graph,
					     const char *path, int length)
{
	const bt_component_class_source *class =
		bt_plugin_borrow_source_component_class_by_name_const(
			graph->ctf, "fs");
	const bt_component_source *source = NULL;
	bt_value *parameters = bt_value_map_create(), *inputs = NULL;
	char directory[4096], name[32];

	snprintf(directory, sizeof(directory), "%.*s", length, path);
	snprintf(name, sizeof(name), "trace-%llu",
		 (unsigned long long)graph->inputs);
	if (class && parameters &&
	    bt_value_map_insert_empty_array_entry(parameters, "inputs",
						  &inputs) == 0 &&
	    bt_value_array_append_string_element(inputs, directory) == 0)
		bt_graph_add_source_component(graph->graph, class, name,
					      parameters, QUIET, &source);
	bt_value_put_ref(parameters);
	return source;
}

static bool is_stack_named(const char *event)
{
	return event_is_stack(event_kind_named(event));
}

/* source.ctf.fs calls its ports "TRACE | CLASS | STREAM"; what is called
 * otherwise is read. */
static bool has_stacks_only(const struct event_layouts *layouts,
			    const bt_port_output *port)
{
	const char *name = bt_port_get_name(bt_port_output_as_port_const(port));
	const char *class = strstr(name, " | ");
	const struct stream_layout *stream;
	unsigned long id, of_class;
	char end;

	if (!class ||
	    sscanf(class, " | %lu | %lu%c", &id, &of_class, &end) != 2)
		return false;
	stream = event_layouts_stream(layouts, id);
	return stream && stream_layout_all_are(stream, is_stack_named);
}

/* The muxer grows a free input whenever its last is taken. */
static int connect_stream(struct graph *graph, const bt_port_output *port)
{
	return bt_graph_connect_ports(
		       graph->graph, port,
		       bt_component_filter_borrow_input_port_by_index_const(
			       graph->muxer, graph->inputs++),
		       NULL) ?
		       -1 :
		       0;
}

int graph_add_trace(struct graph *graph, const char *path, int length)
{
	const bt_component_source *source = add_source(graph, path, length);
	struct event_layouts *layouts =
		graph->events.calls->stacks ? NULL : event_layouts_read(path);
	uint64_t streams =
		source ? bt_component_source_get_output_port_count(source) : 0;
	int rc = source ? 0 : -1;

	for (uint64_t i = 0; rc == 0 && i < streams; i++) {
		const bt_port_output *port =
			bt_component_source_borrow_output_port_by_index_const(
				source, i);

		if (!layouts || !has_stacks_only(layouts, port))
			rc = connect_stream(graph, port);
	}
	event_layouts_free(layouts);
	return rc;
}

int graph_run(struct graph *graph)
{
	if (graph->events.first_discarded)
		graph->events.calls->discarded(graph->events.data,
					       graph->events.first_discarded);
	if (bt_graph_connect_ports(
		    graph->graph,
		    bt_component_filter_borrow_output_port_by_index_const(
			    graph->muxer, 0),
		    bt_component_sink_borrow_input_port_by_index_const(
			    graph->sink, 0),
		    NULL))
		return -1;
	return bt_graph_run(graph->graph) ? -1 : 0;
}

void graph_close(struct graph *graph)
{
	message_events_free(&graph->events);
	bt_graph_put_ref(graph->graph);
	bt_component_class_sink_put_ref(graph->class);
	bt_plugin_put_ref(graph->ctf);
	bt_plugin_put_ref(graph->utils);
}

/* Cuts a cause after its first line, and before details that are for debugging
 * babeltrace2: ": key=value, key=value...". */
static void cut_details(char *cause)
{
	cause[strcspn(cause, "\n")] = '\0';
	for (char *at = strstr(cause, ": "); at; at = strstr(at + 1, ": "))
		if (at[2 + strcspn(at + 2, " =")] == '=')
			*at = '\0';
}

void graph_take_error(char *cause, size_t size)
{
	const bt_error *error = bt_current_thread_take_error();

	snprintf(cause, size, "no reason given");
	if (!error)
		return;
	if (bt_error_get_cause_count(error))
		snprintf(cause, size, "%s",
			 bt_error_cause_get_message(
				 bt_error_borrow_cause_by_index(error, 0)));
	cut_details(cause);
	bt_error_release(error);
}

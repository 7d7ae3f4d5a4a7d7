/* SPDX-License-Identifier: MIT */
/* See graph.h. */
#define _GNU_SOURCE
#include "babeltrace/graph.h"

#include "babeltrace/graph_sink.h"
#include "babeltrace/mip.h"
#include "common/array.h"
#include "ctf/metadata_layout.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUIET BT_LOGGING_LEVEL_NONE

static int open_graph(struct graph *graph)
{
	bt_logging_set_global_level(QUIET);
	/* Otherwise the search for plugins starts a Python interpreter. */
	setenv("LIBBABELTRACE2_DISABLE_PYTHON_PLUGINS", "1", 1);
	if (bt_plugin_find("ctf", 1, 1, 1, 1, 1, &graph->ctf))
		return -1;
	graph->graph = bt_graph_create(mip_version());
	return graph->graph ? 0 : -1;
}

static const bt_component_source *add_source(struct graph *graph,
					     const char *directory)
{
	const bt_component_class_source *class =
		bt_plugin_borrow_source_component_class_by_name_const(
			graph->ctf, "fs");
	const bt_component_source *source = NULL;
	bt_value *parameters = bt_value_map_create(), *inputs = NULL;
	char name[32];

	snprintf(name, sizeof(name), "trace-%" PRIu32, graph->traces);
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

static struct event_layouts *read_layouts(const char *directory)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/metadata", directory);
	return event_layouts_read(path);
}

/* The stream of a port, if it is of our share. */
static int add_stream(struct graph *graph, const bt_port_output *port)
{
	struct graph_stream **larger, *stream;
	uint32_t rank = graph->ranks++;

	if (rank % graph->share.n != graph->share.k)
		return 0;
	larger = array_grow(graph->streams, graph->stream_count,
			    sizeof(*larger));
	if (!larger)
		return -1;
	graph->streams = larger;
	stream = calloc(1, sizeof(*stream));
	if (!stream)
		return -1;
	stream->rank = rank;
	stream->trace = graph->traces;
	stream->port = port;
	larger[graph->stream_count++] = stream;
	return 0;
}

static int add_trace(struct graph *graph, const char *directory)
{
	const bt_component_source *source = add_source(graph, directory);
	struct event_layouts *layouts =
		graph->events.calls->stacks ? NULL : read_layouts(directory);
	uint64_t streams =
		source ? bt_component_source_get_output_port_count(source) : 0;
	int rc = source ? 0 : -1;

	for (uint64_t i = 0; rc == 0 && i < streams; i++) {
		const bt_port_output *port =
			bt_component_source_borrow_output_port_by_index_const(
				source, i);

		if (!layouts || !has_stacks_only(layouts, port))
			rc = add_stream(graph, port);
	}
	event_layouts_free(layouts);
	graph->traces++;
	return rc;
}

static int connect_all(struct graph *graph)
{
	for (size_t i = 0; i < graph->stream_count; i++)
		if (bt_graph_connect_ports(
			    graph->graph, graph->streams[i]->port,
			    bt_component_sink_borrow_input_port_by_index_const(
				    graph->sink, i),
			    NULL))
			return -1;
	return 0;
}

static int run(struct graph *graph)
{
	if (!graph->stream_count)
		return 0;
	if (graph_sink_add(graph) || connect_all(graph))
		return -1;
	return bt_graph_run(graph->graph) ? -1 : 0;
}

enum decoded graph_read(struct graph *graph, const struct traces *traces,
			const struct reader_calls *calls, void *data)
{
	graph->events.calls = calls;
	graph->events.mip = mip_version();
	graph->events.data = data;
	graph->events.first_discarded = traces->first_discarded;
	if (open_graph(graph))
		return DECODED_NOT_OPENED;
	for (size_t i = 0; i < traces->count; i++)
		if (add_trace(graph, traces->folders[i]))
			return DECODED_NOT_OPENED;
	if (run(graph) || graph->events.stopped)
		return DECODED_BROKEN;
	return DECODED;
}

void graph_close(struct graph *graph)
{
	message_events_free(&graph->events);
	bt_graph_put_ref(graph->graph);
	bt_component_class_sink_put_ref(graph->class);
	bt_plugin_put_ref(graph->ctf);
	merge_free(&graph->merge);
	for (size_t i = 0; i < graph->stream_count; i++)
		free(graph->streams[i]);
	free(graph->streams);
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

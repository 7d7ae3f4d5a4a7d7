/* SPDX-License-Identifier: MIT */
/* See report_sink.h. The report is written when the last message was taken, so
 * there is never half of one; where the messages break off it is of those that
 * came. */
#include "babeltrace-plugin/report_sink.h"

#include "awaitctl/report/report.h"
#include "babeltrace-plugin/parameters.h"
#include "babeltrace-plugin/printing.h"
#include "babeltrace/message_event.h"
#include "babeltrace/mip.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAIL(self, ...)                                                        \
	BT_CURRENT_THREAD_ERROR_APPEND_CAUSE_FROM_COMPONENT(                   \
		bt_self_component_sink_as_self_component(self), __VA_ARGS__)

struct options {
	struct report_options report;
	const char *path; /* of the parameters' */
};

struct sink {
	struct report_options options;
	struct whole_file file;
	bt_message_iterator *messages;
	struct message_events events;
	struct findings findings;
	struct symbols symbols;
	bool out_of_memory;
};

/* --- parameters --- */

static bool take_format(void *to, const bt_value *value)
{
	struct report_options *report = &((struct options *)to)->report;
	const char *text = parameter_text(value);

	report->json = text && !strcmp(text, "json");
	report->csv = text && !strcmp(text, "csv");
	return report->json || report->csv || (text && !strcmp(text, "text"));
}

static bool take_by(void *to, const bt_value *value)
{
	struct report_options *report = &((struct options *)to)->report;
	const char *text = parameter_text(value);

	report->by = text ? rows_named(text) : ROWS_BY;
	return report->by != ROWS_BY;
}

static bool take_sort(void *to, const bt_value *value)
{
	struct report_options *report = &((struct options *)to)->report;
	const char *text = parameter_text(value);

	report->sort = text ? rows_sort_named(text) : ROWS_SORTS;
	return report->sort != ROWS_SORTS;
}

static bool take_slowest(void *to, const bt_value *value)
{
	uint64_t number;

	if (!parameter_number(value, UINT_MAX, &number))
		return false;
	((struct options *)to)->report.slowest = (unsigned)number;
	return true;
}

static bool take_all(void *to, const bt_value *value)
{
	return parameter_bool(value, &((struct options *)to)->report.all);
}

static bool take_path(void *to, const bt_value *value)
{
	const char *text = parameter_text(value);

	((struct options *)to)->path = text;
	return text && *text;
}

static const struct parameter known[] = {
	{ "format", "text, json or csv", take_format },
	{ "by", "function, site, process or thread", take_by },
	{ "sort",
	  "total, average, p99, max, blocked, slack, created, runs, failed, "
	  "hits, waits, never-waited or name",
	  take_sort },
	{ "slowest", "a number from 0 to 4294967295", take_slowest },
	{ "all", "yes or no", take_all },
	{ "path", "the name of a file", take_path },
};

/* --- what becomes of the messages --- */

static void on_event(void *data, const struct trace_event *event)
{
	struct sink *sink = data;

	sink->out_of_memory |= lives_event(&sink->findings.lives, event) != 0;
}

static void on_mapped_file(void *data, const struct mapped_file *file)
{
	struct sink *sink = data;

	sink->out_of_memory |= symbols_note(&sink->symbols, file) != 0;
}

static void on_packet_end(void *data, int64_t host, int64_t time)
{
	struct sink *sink = data;

	sink->out_of_memory |=
		lives_recorded(&sink->findings.lives, host, time) != 0;
}

static void on_discarded(void *data, uint64_t count)
{
	struct sink *sink = data;

	lives_discarded(&sink->findings.lives, count);
}

static const struct reader_calls calls = {
	.event = on_event,
	.mapped_file = on_mapped_file,
	.packet_end = on_packet_end,
	.discarded = on_discarded,
};

static struct sink *sink_of(bt_self_component_sink *self)
{
	return bt_self_component_get_data(
		bt_self_component_sink_as_self_component(self));
}

static void sink_free(struct sink *sink)
{
	bt_message_iterator_put_ref(sink->messages);
	findings_free(&sink->findings);
	symbols_free(&sink->symbols);
	message_events_free(&sink->events);
	whole_file_close(&sink->file);
	free(sink);
}

static struct sink *sink_new(const struct options *options, uint64_t mip)
{
	struct sink *sink = calloc(1, sizeof(*sink));

	if (!sink)
		return NULL;
	sink->options = options->report;
	sink->events.calls = &calls;
	sink->events.data = sink;
	sink->events.mip = mip;
	sink->findings.all = options->report.all;
	sink->findings.lives.slowest = options->report.slowest;
	findings_begin(&sink->findings);
	return sink;
}

/* --- the component --- */

bt_component_class_get_supported_mip_versions_method_status
report_sink_versions(bt_self_component_class_sink *class,
		     const bt_value *parameters, void *data,
		     bt_logging_level level,
		     bt_integer_range_set_unsigned *versions)
{
	(void)class;
	(void)parameters;
	(void)data;
	(void)level;
	return mip_add_supported(versions) ?
		       BT_COMPONENT_CLASS_GET_SUPPORTED_MIP_VERSIONS_METHOD_STATUS_MEMORY_ERROR :
		       BT_COMPONENT_CLASS_GET_SUPPORTED_MIP_VERSIONS_METHOD_STATUS_OK;
}

bt_component_class_initialize_method_status
report_sink_initialize(bt_self_component_sink *self,
		       bt_self_component_sink_configuration *configuration,
		       const bt_value *parameters, void *data)
{
	bt_self_component *component =
		bt_self_component_sink_as_self_component(self);
	struct options options = { .report = { .slowest = 10, .by = ROWS_BY } };
	struct trouble why;
	struct sink *sink;

	(void)configuration;
	(void)data;
	if (parameters_read(parameters, known, sizeof(known) / sizeof(known[0]),
			    &options, &why)) {
		FAIL(self, "%s", why.text);
		return BT_COMPONENT_CLASS_INITIALIZE_METHOD_STATUS_ERROR;
	}
	sink = sink_new(&options,
			bt_self_component_get_graph_mip_version(component));
	if (!sink)
		return BT_COMPONENT_CLASS_INITIALIZE_METHOD_STATUS_MEMORY_ERROR;
	if (whole_file_open(&sink->file, options.path, &why)) {
		FAIL(self, "%s", why.text);
		sink_free(sink);
		return BT_COMPONENT_CLASS_INITIALIZE_METHOD_STATUS_ERROR;
	}
	bt_self_component_set_data(component, sink);
	if (bt_self_component_sink_add_input_port(self, "in", NULL, NULL) ==
	    BT_SELF_COMPONENT_ADD_PORT_STATUS_OK)
		return BT_COMPONENT_CLASS_INITIALIZE_METHOD_STATUS_OK;
	sink_free(sink);
	return BT_COMPONENT_CLASS_INITIALIZE_METHOD_STATUS_ERROR;
}

bt_component_class_sink_graph_is_configured_method_status
report_sink_configured(bt_self_component_sink *self)
{
	bt_self_component_port_input *port =
		bt_self_component_sink_borrow_input_port_by_index(self, 0);

	return (bt_component_class_sink_graph_is_configured_method_status)
		bt_message_iterator_create_from_sink_component(
			self, port, &sink_of(self)->messages);
}

static void warn(bt_self_component_sink *self, const char *text)
{
	const bt_component *component = bt_self_component_as_component(
		bt_self_component_sink_as_self_component(self));

	if (bt_component_get_logging_level(component) <=
	    BT_LOGGING_LEVEL_WARNING)
		fprintf(stderr, "%s: %s\n", bt_component_get_name(component),
			text);
}

/* Returns 0, or -1 and the cause is in the thread's error. */
static int print(bt_self_component_sink *self, struct sink *sink)
{
	struct trouble why;
	bool without;

	if (printing_do(&sink->file, &sink->findings, &sink->symbols,
			&sink->options, &without, &why)) {
		FAIL(self, "%s", why.text);
		return -1;
	}
	if (without)
		warn(self, "the search for lines of source ended its process: "
			   "the report is without them");
	return 0;
}

static int finish(bt_self_component_sink *self, struct sink *sink, bool damaged)
{
	const struct findings *findings = &sink->findings;

	if (findings->lives.foreign &&
	    !(damaged && findings->lives.site_count)) {
		FAIL(self, "%s", findings->lives.why_foreign.text);
		return -1;
	}
	if (findings_finish(&sink->findings)) {
		FAIL(self, "out of memory");
		return -1;
	}
	sink->findings.damaged = damaged;
	if (findings->events)
		return print(self, sink);
	FAIL(self, findings->others ?
			   "no event of an await is of the program that was "
			   "recorded, all are of others; see the parameter "
			   "`all`" :
			   "there are no events of awaits: does the program "
			   "use libawait, and is libawait-trace installed?");
	return -1;
}

static void take(struct sink *sink, bt_message_array_const messages,
		 uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		if (!sink->events.stopped)
			message_event_take(&sink->events, messages[i]);
		bt_message_put_ref(messages[i]);
	}
	sink->out_of_memory |= sink->events.stopped;
}

/* Its error is kept meanwhile. */
static void finish_broken(bt_self_component_sink *self, struct sink *sink)
{
	const bt_error *error = bt_current_thread_take_error();
	bool printed = finish(self, sink, true) == 0;

	bt_current_thread_clear_error();
	if (error)
		bt_current_thread_move_error(error);
	FAIL(self, "the trace breaks off%s",
	     printed ? ": the report is of what was read" : "");
}

bt_component_class_sink_consume_method_status
report_sink_consume(bt_self_component_sink *self)
{
	struct sink *sink = sink_of(self);
	bt_message_array_const messages;
	uint64_t count;
	bt_message_iterator_next_status status =
		bt_message_iterator_next(sink->messages, &messages, &count);

	if (status == BT_MESSAGE_ITERATOR_NEXT_STATUS_OK) {
		take(sink, messages, count);
		return sink->out_of_memory ?
			       BT_COMPONENT_CLASS_SINK_CONSUME_METHOD_STATUS_MEMORY_ERROR :
			       BT_COMPONENT_CLASS_SINK_CONSUME_METHOD_STATUS_OK;
	}
	if (status == BT_MESSAGE_ITERATOR_NEXT_STATUS_ERROR)
		finish_broken(self, sink);
	if (status == BT_MESSAGE_ITERATOR_NEXT_STATUS_END &&
	    finish(self, sink, false))
		return BT_COMPONENT_CLASS_SINK_CONSUME_METHOD_STATUS_ERROR;
	return (bt_component_class_sink_consume_method_status)status;
}

void report_sink_finalize(bt_self_component_sink *self)
{
	sink_free(sink_of(self));
}

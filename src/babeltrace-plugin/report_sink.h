/* SPDX-License-Identifier: MIT */
/*
 * sink.await.report: what `awaitctl report` prints, of the messages that reach
 * it. Of the directory of a recording it knows nothing: neither the filter that
 * is noted there nor what is missing of the trace.
 */
#pragma once

#include <babeltrace2/babeltrace.h>

bt_component_class_get_supported_mip_versions_method_status
report_sink_versions(bt_self_component_class_sink *class,
		     const bt_value *parameters, void *data,
		     bt_logging_level level,
		     bt_integer_range_set_unsigned *versions);

bt_component_class_initialize_method_status
report_sink_initialize(bt_self_component_sink *self,
		       bt_self_component_sink_configuration *configuration,
		       const bt_value *parameters, void *data);

bt_component_class_sink_graph_is_configured_method_status
report_sink_configured(bt_self_component_sink *self);

bt_component_class_sink_consume_method_status
report_sink_consume(bt_self_component_sink *self);

void report_sink_finalize(bt_self_component_sink *self);

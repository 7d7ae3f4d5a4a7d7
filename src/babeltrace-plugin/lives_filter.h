/* SPDX-License-Identifier: MIT */
/*
 * filter.await.lives: from the events of awaits to their lives, an event for
 * each await when its life has ended, or with the last message. Of all
 * processes, as what belongs to a recording is not known before.
 */
#pragma once

#include <babeltrace2/babeltrace.h>

bt_component_class_get_supported_mip_versions_method_status
lives_filter_versions(bt_self_component_class_filter *class,
		      const bt_value *parameters, void *data,
		      bt_logging_level level,
		      bt_integer_range_set_unsigned *versions);

bt_component_class_initialize_method_status
lives_filter_initialize(bt_self_component_filter *self,
			bt_self_component_filter_configuration *configuration,
			const bt_value *parameters, void *data);

bt_message_iterator_class_initialize_method_status
lives_filter_begin(bt_self_message_iterator *self,
		   bt_self_message_iterator_configuration *configuration,
		   bt_self_component_port_output *port);

bt_message_iterator_class_next_method_status
lives_filter_next(bt_self_message_iterator *self,
		  bt_message_array_const messages, uint64_t capacity,
		  uint64_t *count);

void lives_filter_end(bt_self_message_iterator *self);

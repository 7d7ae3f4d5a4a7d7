/* SPDX-License-Identifier: MIT */
/* See mip.h. BABELTRACE_MIP_1 is defined where babeltrace2's headers have it.
 */
#define _GNU_SOURCE
#include "babeltrace/mip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef BABELTRACE_MIP_1
static const uint64_t known = 1;
#else
static const uint64_t known = 0;
#endif

uint64_t mip_version(void)
{
	uint64_t greatest = bt_get_maximal_mip_version();

	return greatest < known ? greatest : known;
}

static bt_component_class_get_supported_mip_versions_method_status
supported(bt_self_component_class_sink *self, const bt_value *parameters,
	  void *data, bt_logging_level level,
	  bt_integer_range_set_unsigned *versions)
{
	(void)self;
	(void)parameters;
	(void)data;
	(void)level;
	return (bt_component_class_get_supported_mip_versions_method_status)
		bt_integer_range_set_unsigned_add_range(versions, 0, known);
}

int mip_set_supported(bt_component_class_sink *class)
{
	return bt_component_class_sink_set_get_supported_mip_versions_method(
		       class, supported) ?
		       -1 :
		       0;
}

#ifdef BABELTRACE_MIP_1

static const char *or_nothing(const char *text)
{
	return text ? text : "";
}

/* Lengths make it sure where each part ends. */
static char *id_of_names(const bt_trace *trace)
{
	const char *uid = or_nothing(bt_trace_get_uid(trace));
	const char *name = or_nothing(bt_trace_get_name(trace));
	const char *space = or_nothing(bt_trace_get_namespace(trace));
	char *id;

	if (!*uid)
		return strdup("");
	return asprintf(&id, "%zu %zu %s%s%s", strlen(uid), strlen(name), uid,
			name, space) < 0 ?
		       NULL :
		       id;
}

const uint8_t *mip_blob(const bt_field *field, uint64_t *length)
{
	if (!bt_field_class_type_is(bt_field_get_class_type(field),
				    BT_FIELD_CLASS_TYPE_BLOB))
		return NULL;
	*length = bt_field_blob_get_length(field);
	return bt_field_blob_get_data_const(field);
}

#else

static char *id_of_names(const bt_trace *trace)
{
	(void)trace;
	return strdup("");
}

const uint8_t *mip_blob(const bt_field *field, uint64_t *length)
{
	(void)field;
	(void)length;
	return NULL;
}

#endif

char *mip_trace_id(const bt_trace *trace)
{
	char id[2 * 16 + 1] = "";
	bt_uuid uuid;

	if (mip_version() > 0)
		return id_of_names(trace);
	uuid = bt_trace_get_uuid(trace);
	for (int i = 0; uuid && i < 16; i++)
		snprintf(id + 2 * i, 3, "%02x", uuid[i]);
	return strdup(id);
}

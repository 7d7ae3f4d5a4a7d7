/* SPDX-License-Identifier: MIT */
/* See mip.h. BABELTRACE_MIP_1 is defined where babeltrace2's headers have it.
 */
#include "babeltrace/mip.h"

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

static bool is_same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_same_named(const bt_trace *a, const bt_trace *b)
{
	const char *uid = bt_trace_get_uid(a);

	return uid && is_same_text(uid, bt_trace_get_uid(b)) &&
	       is_same_text(bt_trace_get_name(a), bt_trace_get_name(b)) &&
	       is_same_text(bt_trace_get_namespace(a),
			    bt_trace_get_namespace(b));
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

static bool is_same_named(const bt_trace *a, const bt_trace *b)
{
	(void)a;
	(void)b;
	return false;
}

const uint8_t *mip_blob(const bt_field *field, uint64_t *length)
{
	(void)field;
	(void)length;
	return NULL;
}

#endif

bool mip_is_same_trace(const bt_trace *a, const bt_trace *b)
{
	bt_uuid x, y;

	if (mip_version() > 0)
		return is_same_named(a, b);
	x = bt_trace_get_uuid(a);
	y = bt_trace_get_uuid(b);
	return x && y && memcmp(x, y, 16) == 0;
}

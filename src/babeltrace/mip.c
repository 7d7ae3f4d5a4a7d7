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

int mip_add_supported(bt_integer_range_set_unsigned *versions)
{
	return bt_integer_range_set_unsigned_add_range(versions, 0, known) ?
		       -1 :
		       0;
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

static bt_field_class *option_1(bt_trace_class *of, bt_field_class *content)
{
	return bt_field_class_option_without_selector_field_location_create(
		of, content);
}

/* A clock of unknown origin is compared by its own identity. */
static int copy_identity(bt_clock_class *to, const bt_clock_class *from)
{
	const char *space = bt_clock_class_get_namespace(from);
	const char *name = bt_clock_class_get_name(from);
	const char *uid = bt_clock_class_get_uid(from);

	return (space && bt_clock_class_set_namespace(to, space)) ||
			       (name && bt_clock_class_set_name(to, name)) ||
			       (uid && bt_clock_class_set_uid(to, uid)) ?
		       -1 :
		       0;
}

static int copy_origin_1(bt_clock_class *to, const bt_clock_class *from)
{
	if (!bt_clock_class_origin_is_known(from)) {
		bt_clock_class_set_origin_unknown(to);
		return copy_identity(to, from);
	}
	if (bt_clock_class_origin_is_unix_epoch(from)) {
		bt_clock_class_set_origin_unix_epoch(to);
		return 0;
	}
	return bt_clock_class_set_origin(
		       to, bt_clock_class_get_origin_namespace(from),
		       bt_clock_class_get_origin_name(from),
		       bt_clock_class_get_origin_uid(from)) ?
		       -1 :
		       0;
}

#else

static bt_field_class *option_1(bt_trace_class *of, bt_field_class *content)
{
	(void)of;
	(void)content;
	return NULL;
}

static int copy_origin_1(bt_clock_class *to, const bt_clock_class *from)
{
	(void)to;
	(void)from;
	return -1;
}

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

char *mip_trace_id(uint64_t version, const bt_trace *trace)
{
	char id[2 * 16 + 1] = "";
	bt_uuid uuid;

	if (version > 0)
		return id_of_names(trace);
	uuid = bt_trace_get_uuid(trace);
	for (int i = 0; uuid && i < 16; i++)
		snprintf(id + 2 * i, 3, "%02x", uuid[i]);
	return strdup(id);
}

bt_field_class *mip_option_create(uint64_t version, bt_trace_class *of,
				  bt_field_class *content)
{
	return version > 0 ? option_1(of, content) :
			     bt_field_class_option_without_selector_create(
				     of, content);
}

int mip_copy_origin(uint64_t version, bt_clock_class *to,
		    const bt_clock_class *from)
{
	bt_uuid uuid;

	if (version > 0)
		return copy_origin_1(to, from);
	uuid = bt_clock_class_get_uuid(from);
	bt_clock_class_set_origin_is_unix_epoch(
		to, bt_clock_class_origin_is_unix_epoch(from));
	if (uuid)
		bt_clock_class_set_uuid(to, uuid);
	return 0;
}

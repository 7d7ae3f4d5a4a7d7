/* SPDX-License-Identifier: MIT */
/*
 * What differs between versions of babeltrace2's message interchange protocol
 * (MIP), which a graph and all its components agree on. MIP 1 came with
 * babeltrace2 2.1, which reads CTF 2; asked for a lower one, not every source
 * gives a clean answer. So a graph gets the greatest that both babeltrace2 and
 * we know.
 */
#pragma once

#include <babeltrace2/babeltrace.h>
#include <stdbool.h>

/* Of every graph of ours. Where a component of ours is in a graph of others,
 * that has one of its own. */
uint64_t mip_version(void);

/* Tells babeltrace2 that a sink is written for those versions. Returns 0 or -1.
 */
int mip_set_supported(bt_component_class_sink *class);

/* The same, of a component class of any kind. */
int mip_add_supported(bt_integer_range_set_unsigned *versions);

/* The same for all parts of one trace, by what its tracer called it, as text to
 * be freed; "" if it did not. version: of its graph. NULL without memory. */
char *mip_trace_id(uint64_t version, const bt_trace *trace);

/* A class of fields that may have no content; NULL without memory. */
bt_field_class *mip_option_create(uint64_t version, bt_trace_class *of,
				  bt_field_class *content);

/* Times of both clocks can be compared then, if they are in the same unit.
 * Returns 0 or -1. */
int mip_copy_origin(uint64_t version, bt_clock_class *to,
		    const bt_clock_class *from);

/* The bytes of a field that is a BLOB, which MIP 1 has beside arrays of
 * numbers; NULL if it is none. */
const uint8_t *mip_blob(const bt_field *field, uint64_t *length);

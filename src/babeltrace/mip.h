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

/* Of every graph. */
uint64_t mip_version(void);

/* Tells babeltrace2 that a sink is written for those versions. Returns 0 or -1.
 */
int mip_set_supported(bt_component_class_sink *class);

/* The same for all parts of one trace, by what its tracer called it, as text to
 * be freed; "" if it did not. NULL without memory. */
char *mip_trace_id(const bt_trace *trace);

/* The bytes of a field that is a BLOB, which MIP 1 has beside arrays of
 * numbers; NULL if it is none. */
const uint8_t *mip_blob(const bt_field *field, uint64_t *length);

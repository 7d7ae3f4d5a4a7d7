/* SPDX-License-Identifier: MIT */
/* The provider `await` as another libawait could have it: `create` has no field
 * `function`, and `moved` is new. */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER await

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "./other_events.h"

#if !defined(OTHER_EVENTS_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define OTHER_EVENTS_H

#include <lttng/tracepoint.h>

#include <stdint.h>

/* clang-format off */

LTTNG_UST_TRACEPOINT_EVENT(await, statedump_begin,
	LTTNG_UST_TP_ARGS(unsigned, major, unsigned, minor),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, generation, 1)
		lttng_ust_field_integer(uint16_t, events_major, major)
		lttng_ust_field_integer(uint16_t, events_minor, minor)))

LTTNG_UST_TRACEPOINT_EVENT(await, create,
	LTTNG_UST_TP_ARGS(uint64_t, id),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)
		lttng_ust_field_string(type, "thing")
		lttng_ust_field_string(callee, "f")
		lttng_ust_field_string(file, "f.c")
		lttng_ust_field_integer(uint32_t, line, 1)))

LTTNG_UST_TRACEPOINT_EVENT(await, hit,
	LTTNG_UST_TP_ARGS(uint64_t, id),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)
		lttng_ust_field_integer(uint64_t, of_late, 7)))

LTTNG_UST_TRACEPOINT_EVENT(await, moved,
	LTTNG_UST_TP_ARGS(uint64_t, id),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)))

/* clang-format on */

#endif

#include <lttng/tracepoint-event.h>

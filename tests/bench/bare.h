/* SPDX-License-Identifier: MIT */
/* Tracepoints with the fields of ours, and nothing around them. */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER await_bare

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "./bare.h"

#if !defined(AWAIT_BARE_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define AWAIT_BARE_H

#include <lttng/tracepoint.h>

#include <stdint.h>

/* clang-format off */

LTTNG_UST_TRACEPOINT_EVENT(await_bare, create,
	LTTNG_UST_TP_ARGS(uint64_t, id, const char *, text, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)
		lttng_ust_field_integer(uint64_t, parent, id)
		lttng_ust_field_integer(uint8_t, origin, 0)
		lttng_ust_field_string(type, "int")
		lttng_ust_field_string(function, "work")
		lttng_ust_field_string(file, text)
		lttng_ust_field_integer(uint32_t, line, 1)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))

LTTNG_UST_TRACEPOINT_EVENT(await_bare, exec_begin,
	LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)
		lttng_ust_field_integer(uint64_t, parent, id)
		lttng_ust_field_string(type, "int")
		lttng_ust_field_string(function, "work")
		lttng_ust_field_integer(uint32_t, attempt, 1)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))

LTTNG_UST_TRACEPOINT_EVENT(await_bare, exec_end,
	LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)
		lttng_ust_field_integer(uint8_t, outcome, 3)
		lttng_ust_field_integer(int32_t, error, 0)
		lttng_ust_field_integer(uint64_t, latency_ns, id)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))

LTTNG_UST_TRACEPOINT_EVENT(await_bare, hit,
	LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)
		lttng_ust_field_integer(uint64_t, waiter, id)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))

LTTNG_UST_TRACEPOINT_EVENT(await_bare, destroy,
	LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)
		lttng_ust_field_integer(uint8_t, state, 3)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))

/* clang-format on */

#endif

#include <lttng/tracepoint-event.h>

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

#undef LTTNG_UST_TP_IP_PARAM
#define LTTNG_UST_TP_IP_PARAM addr

/* clang-format off */

LTTNG_UST_TRACEPOINT_ENUM(await_bare, state,
	LTTNG_UST_TP_ENUM_VALUES(
		lttng_ust_field_enum_value("pending", 1)
		lttng_ust_field_enum_value("resolved", 3)))

LTTNG_UST_TRACEPOINT_EVENT(await_bare, create,
	LTTNG_UST_TP_ARGS(uint64_t, id, const char *, text, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)
		lttng_ust_field_integer(uint64_t, parent, id)
		lttng_ust_field_enum(await_bare, state, uint8_t, origin, 1)
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
		lttng_ust_field_enum(await_bare, state, uint8_t, source, 1)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))

LTTNG_UST_TRACEPOINT_EVENT(await_bare, exec_end,
	LTTNG_UST_TP_ARGS(uint64_t, id, uint64_t, latency_ns, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)
		lttng_ust_field_enum(await_bare, state, uint8_t, outcome, 3)
		lttng_ust_field_integer(int32_t, error, 0)
		lttng_ust_field_integer(uint64_t, latency_ns, latency_ns)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))

LTTNG_UST_TRACEPOINT_EVENT(await_bare, hit,
	LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)
		lttng_ust_field_integer(uint64_t, waiter, id)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))

LTTNG_UST_TRACEPOINT_EVENT_CLASS(await_bare, waits_for_owner,
	LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)
		lttng_ust_field_integer(uint64_t, waiter, id)
		lttng_ust_field_integer(uint32_t, owner, 1)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))
LTTNG_UST_TRACEPOINT_EVENT_INSTANCE(await_bare, waits_for_owner,
	await_bare, block_begin, LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr))
LTTNG_UST_TRACEPOINT_EVENT_INSTANCE(await_bare, waits_for_owner,
	await_bare, cycle, LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr))

LTTNG_UST_TRACEPOINT_EVENT(await_bare, block_end,
	LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)
		lttng_ust_field_integer(uint64_t, waiter, id)
		lttng_ust_field_enum(await_bare, state, uint8_t, state, 1)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))

LTTNG_UST_TRACEPOINT_EVENT(await_bare, wait_end,
	LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)
		lttng_ust_field_integer(uint64_t, waiter, id)
		lttng_ust_field_enum(await_bare, state, uint8_t, state, 1)
		lttng_ust_field_integer(int32_t, error, 0)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))

LTTNG_UST_TRACEPOINT_EVENT(await_bare, resolve,
	LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)
		lttng_ust_field_integer(uint64_t, parent, id)
		lttng_ust_field_enum(await_bare, state, uint8_t, outcome, 3)
		lttng_ust_field_integer(int32_t, error, 0)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))

LTTNG_UST_TRACEPOINT_EVENT(await_bare, cancel,
	LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)
		lttng_ust_field_integer(uint64_t, parent, id)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))

LTTNG_UST_TRACEPOINT_EVENT(await_bare, destroy,
	LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)
		lttng_ust_field_enum(await_bare, state, uint8_t, state, 3)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))

LTTNG_UST_TRACEPOINT_EVENT_CLASS(await_bare, stack,
	LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr,
			  const uintptr_t *, pcs, unsigned int, count),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)
		lttng_ust_field_sequence_hex(uintptr_t, stack, pcs, uint8_t, count)
		lttng_ust_field_integer(uint8_t, truncated, 0)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))
LTTNG_UST_TRACEPOINT_EVENT_INSTANCE(await_bare, stack, await_bare, create_stack,
	LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr,
			  const uintptr_t *, pcs, unsigned int, count))
LTTNG_UST_TRACEPOINT_EVENT_INSTANCE(await_bare, stack, await_bare, exec_stack,
	LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr,
			  const uintptr_t *, pcs, unsigned int, count))
LTTNG_UST_TRACEPOINT_EVENT_INSTANCE(await_bare, stack, await_bare, hit_stack,
	LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr,
			  const uintptr_t *, pcs, unsigned int, count))

/* clang-format on */

#endif

#include <lttng/tracepoint-event.h>

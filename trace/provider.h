/* SPDX-License-Identifier: MIT */
/*
 * The LTTng-UST provider `await`: which events exist and what they carry.
 *
 * Every event of an await, but those of state dumps, carries addr, the user's
 * program counter (inside the call that created the await, waited for it or
 * dropped a reference), which is also what the `ip` context reports, so that
 * viewers name the user's source line. Ids are unique in their process (vpid);
 * 0 means none. parent and waiter are the id of the await whose function the
 * thread was in.
 */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER await

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "./provider.h"

#if !defined(AWAIT_PROVIDER_H) ||                                              \
	defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define AWAIT_PROVIDER_H

#include <lttng/tracepoint.h>

#include <await/inspect.h>
#include <await/sink.h>
#include <await/trace.h>

#undef LTTNG_UST_TP_IP_PARAM
#define LTTNG_UST_TP_IP_PARAM addr

#define ORIGIN_OF(site)                                                        \
	((site)->held_at ? AWAIT_TRACE_STATIC : (site)->func->origin)

/* clang-format off */

LTTNG_UST_TRACEPOINT_ENUM(await, origin,
	LTTNG_UST_TP_ENUM_VALUES(
		lttng_ust_field_enum_value("lazy", AWAIT_LAZY)
		lttng_ust_field_enum_value("nowait", AWAIT_NOWAIT)
		lttng_ust_field_enum_value("promise", AWAIT_PROMISE)
		lttng_ust_field_enum_value("static", AWAIT_TRACE_STATIC)))

LTTNG_UST_TRACEPOINT_ENUM(await, state,
	LTTNG_UST_TP_ENUM_VALUES(
		lttng_ust_field_enum_value("pending", AWAIT_PENDING)
		lttng_ust_field_enum_value("running", AWAIT_RUNNING)
		lttng_ust_field_enum_value("resolved", AWAIT_RESOLVED)
		lttng_ust_field_enum_value("failed", AWAIT_FAILED)
		lttng_ust_field_enum_value("cancelled", AWAIT_CANCELLED)))

LTTNG_UST_TRACEPOINT_ENUM(await, source,
	LTTNG_UST_TP_ENUM_VALUES(
		lttng_ust_field_enum_value("wait", AWAIT_RUN_WAIT)
		lttng_ust_field_enum_value("start", AWAIT_RUN_START)))

LTTNG_UST_TRACEPOINT_EVENT(await, create,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, event->id)
		lttng_ust_field_integer(uint64_t, parent, event->parent)
		lttng_ust_field_enum(await, origin, uint8_t, origin,
				     ORIGIN_OF(event->site))
		lttng_ust_field_string(type, event->site->func->type->name)
		lttng_ust_field_string(function, event->site->func->name)
		lttng_ust_field_string(file, event->site->file)
		lttng_ust_field_integer(uint32_t, line, event->site->line)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, create, LTTNG_UST_TRACEPOINT_LOGLEVEL_INFO)

LTTNG_UST_TRACEPOINT_EVENT(await, exec_begin,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, event->id)
		lttng_ust_field_integer(uint64_t, parent, event->parent)
		lttng_ust_field_string(type, event->site->func->type->name)
		lttng_ust_field_string(function, event->site->func->name)
		lttng_ust_field_integer(uint32_t, attempt, event->attempt)
		lttng_ust_field_enum(await, source, uint8_t, source, event->source)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, exec_begin, LTTNG_UST_TRACEPOINT_LOGLEVEL_INFO)

LTTNG_UST_TRACEPOINT_EVENT(await, exec_end,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, event->id)
		lttng_ust_field_enum(await, state, uint8_t, outcome, event->state)
		lttng_ust_field_integer(int32_t, error, event->error)
		lttng_ust_field_integer(uint64_t, latency_ns, event->latency_ns)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, exec_end, LTTNG_UST_TRACEPOINT_LOGLEVEL_INFO)

LTTNG_UST_TRACEPOINT_EVENT(await, hit,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, event->id)
		lttng_ust_field_integer(uint64_t, waiter, event->parent)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, hit, LTTNG_UST_TRACEPOINT_LOGLEVEL_DEBUG)

/* A wait for an await that another thread runs. */
LTTNG_UST_TRACEPOINT_EVENT_CLASS(await, waits_for_owner,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, event->id)
		lttng_ust_field_integer(uint64_t, waiter, event->parent)
		lttng_ust_field_integer(uint32_t, owner, event->owner)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))

LTTNG_UST_TRACEPOINT_EVENT_INSTANCE(await, waits_for_owner, await, block_begin,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, block_begin, LTTNG_UST_TRACEPOINT_LOGLEVEL_INFO)

LTTNG_UST_TRACEPOINT_EVENT(await, block_end,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, event->id)
		lttng_ust_field_integer(uint64_t, waiter, event->parent)
		lttng_ust_field_enum(await, state, uint8_t, state, event->state)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, block_end, LTTNG_UST_TRACEPOINT_LOGLEVEL_INFO)

LTTNG_UST_TRACEPOINT_EVENT_INSTANCE(await, waits_for_owner, await, cycle,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, cycle, LTTNG_UST_TRACEPOINT_LOGLEVEL_INFO)

LTTNG_UST_TRACEPOINT_EVENT(await, wait_end,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, event->id)
		lttng_ust_field_integer(uint64_t, waiter, event->parent)
		lttng_ust_field_enum(await, state, uint8_t, state, event->state)
		lttng_ust_field_integer(int32_t, error, event->error)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, wait_end, LTTNG_UST_TRACEPOINT_LOGLEVEL_INFO)

LTTNG_UST_TRACEPOINT_EVENT(await, resolve,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, event->id)
		lttng_ust_field_integer(uint64_t, parent, event->parent)
		lttng_ust_field_enum(await, state, uint8_t, outcome, event->state)
		lttng_ust_field_integer(int32_t, error, event->error)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, resolve, LTTNG_UST_TRACEPOINT_LOGLEVEL_INFO)

LTTNG_UST_TRACEPOINT_EVENT(await, cancel,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, event->id)
		lttng_ust_field_integer(uint64_t, parent, event->parent)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, cancel, LTTNG_UST_TRACEPOINT_LOGLEVEL_INFO)

/* It has a name of its own from now on. */
LTTNG_UST_TRACEPOINT_EVENT(await, name,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, event->id)
		lttng_ust_field_integer(uint64_t, parent, event->parent)
		lttng_ust_field_string(name, event->name)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, name, LTTNG_UST_TRACEPOINT_LOGLEVEL_INFO)

/* It is handed over to be run before somebody waits for it. */
LTTNG_UST_TRACEPOINT_EVENT(await, start,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, event->id)
		lttng_ust_field_integer(uint64_t, parent, event->parent)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, start, LTTNG_UST_TRACEPOINT_LOGLEVEL_INFO)

LTTNG_UST_TRACEPOINT_EVENT(await, destroy,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, event->id)
		lttng_ust_field_enum(await, state, uint8_t, state, event->state)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, destroy, LTTNG_UST_TRACEPOINT_LOGLEVEL_INFO)

LTTNG_UST_TRACEPOINT_EVENT_CLASS(await, stack,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr,
			  const uintptr_t *, pcs, unsigned int, count,
			  unsigned int, truncated),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, event->id)
		lttng_ust_field_sequence_hex(uintptr_t, stack, pcs, uint8_t, count)
		lttng_ust_field_integer(uint8_t, truncated, truncated)
		lttng_ust_field_integer_hex(uintptr_t, addr, (uintptr_t)addr)))

LTTNG_UST_TRACEPOINT_EVENT_INSTANCE(await, stack, await, create_stack,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr,
			  const uintptr_t *, pcs, unsigned int, count,
			  unsigned int, truncated))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, create_stack,
			      LTTNG_UST_TRACEPOINT_LOGLEVEL_DEBUG_MODULE)

LTTNG_UST_TRACEPOINT_EVENT_INSTANCE(await, stack, await, exec_stack,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr,
			  const uintptr_t *, pcs, unsigned int, count,
			  unsigned int, truncated))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, exec_stack,
			      LTTNG_UST_TRACEPOINT_LOGLEVEL_DEBUG_MODULE)

LTTNG_UST_TRACEPOINT_EVENT_INSTANCE(await, stack, await, hit_stack,
	LTTNG_UST_TP_ARGS(const struct await_event *, event, void *, addr,
			  const uintptr_t *, pcs, unsigned int, count,
			  unsigned int, truncated))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, hit_stack,
			      LTTNG_UST_TRACEPOINT_LOGLEVEL_DEBUG_LINE)

/* No call in the user's code causes these, so addr is NULL and not recorded. */
LTTNG_UST_TRACEPOINT_EVENT(await, statedump_begin,
	LTTNG_UST_TP_ARGS(uint64_t, generation, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, generation, generation)
		lttng_ust_field_integer(uint16_t, events_major, AWAIT_TRACE_MAJOR)
		lttng_ust_field_integer(uint16_t, events_minor, AWAIT_TRACE_MINOR)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, statedump_begin, LTTNG_UST_TRACEPOINT_LOGLEVEL_NOTICE)

LTTNG_UST_TRACEPOINT_EVENT(await, statedump_live,
	LTTNG_UST_TP_ARGS(uint64_t, generation, const struct await_info *, info,
			  const struct await_site *, site, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, generation, generation)
		lttng_ust_field_integer(uint64_t, id, info->id)
		lttng_ust_field_enum(await, state, uint8_t, state, info->state)
		lttng_ust_field_enum(await, origin, uint8_t, origin,
				     ORIGIN_OF(site))
		lttng_ust_field_integer(uint32_t, attempt, info->attempts)
		lttng_ust_field_integer(int32_t, error, info->error)
		lttng_ust_field_string(type, site->func->type->name)
		lttng_ust_field_string(function, site->func->name)
		lttng_ust_field_string(file, site->file)
		lttng_ust_field_integer(uint32_t, line, site->line)
		lttng_ust_field_string(name, info->name)
		lttng_ust_field_integer(uint32_t, thread, info->thread)
		lttng_ust_field_integer(uint64_t, parent, info->parent)
		lttng_ust_field_integer_hex(uint64_t, addr, (uintptr_t)info->addr)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, statedump_live, LTTNG_UST_TRACEPOINT_LOGLEVEL_NOTICE)

LTTNG_UST_TRACEPOINT_EVENT(await, statedump_wait,
	LTTNG_UST_TP_ARGS(uint64_t, generation,
			  const struct await_wait_info *, info, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, generation, generation)
		lttng_ust_field_integer(uint64_t, id, info->id)
		lttng_ust_field_integer(uint64_t, waiter, info->waiter)
		lttng_ust_field_integer(uint32_t, thread, info->thread)
		lttng_ust_field_integer_hex(uint64_t, addr, (uintptr_t)info->addr)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, statedump_wait, LTTNG_UST_TRACEPOINT_LOGLEVEL_NOTICE)

LTTNG_UST_TRACEPOINT_EVENT(await, statedump_end,
	LTTNG_UST_TP_ARGS(uint64_t, generation, uint64_t, count, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, generation, generation)
		lttng_ust_field_integer(uint64_t, count, count)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, statedump_end, LTTNG_UST_TRACEPOINT_LOGLEVEL_NOTICE)

LTTNG_UST_TRACEPOINT_EVENT(await, process_end,
	LTTNG_UST_TP_ARGS(uint64_t, alive, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, alive, alive)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, process_end, LTTNG_UST_TRACEPOINT_LOGLEVEL_NOTICE)
/* The process itself: its program, its parent, and the recordings that it belongs to
 * (process.h). */
LTTNG_UST_TRACEPOINT_EVENT(await, statedump_process,
	LTTNG_UST_TP_ARGS(const char *, name, int, ppid,
			  const char *, recordings, uint64_t, began,
			  void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_string(name, name)
		lttng_ust_field_integer(int32_t, ppid, ppid)
		lttng_ust_field_string(recordings, recordings)
		lttng_ust_field_integer(uint64_t, began, began)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, statedump_process, LTTNG_UST_TRACEPOINT_LOGLEVEL_NOTICE)

/* A run of its parent that the process, which was forked inside of it, goes on
 * with. */
LTTNG_UST_TRACEPOINT_EVENT(await, statedump_inherited,
	LTTNG_UST_TP_ARGS(uint64_t, id, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint64_t, id, id)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, statedump_inherited, LTTNG_UST_TRACEPOINT_LOGLEVEL_NOTICE)

/* Recorded under the parent's number by a child: that it is there, and whether
 * LTTng comes to know it (fork.c). */
LTTNG_UST_TRACEPOINT_EVENT(await, process_child,
	LTTNG_UST_TP_ARGS(int, child, int, followed, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(int32_t, child, child)
		lttng_ust_field_integer(uint8_t, followed, followed)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, process_child, LTTNG_UST_TRACEPOINT_LOGLEVEL_NOTICE)

/* The program had closed LTTng's descriptors, and is connected anew (descriptors.c). */
LTTNG_UST_TRACEPOINT_EVENT(await, process_cut_off,
	LTTNG_UST_TP_ARGS(uint32_t, times, void *, addr),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint32_t, times, times)))
LTTNG_UST_TRACEPOINT_LOGLEVEL(await, process_cut_off, LTTNG_UST_TRACEPOINT_LOGLEVEL_NOTICE)

/* clang-format on */

#endif

#include <lttng/tracepoint-event.h>

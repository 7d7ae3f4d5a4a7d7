/* SPDX-License-Identifier: MIT */
/*
 * libawait-lttng.so: a sink that turns events into LTTng-UST tracepoints.
 *
 * It listens from the moment it is loaded (linked, preloaded, or asked for by
 * LIBAWAIT_TRACE) until the process ends, so a session that begins late misses
 * nothing of what happens from then on; each event asks LTTng whether anybody
 * records it. It keeps no state of its own and may be called by all threads at
 * once.
 */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "provider.h"

#include "stack.h"
#include "statedump.h"

#include <stdio.h>
#include <string.h>

/* An event, then its stack if somebody records that. Tracepoints are macros
 * that need the event's name itself. */
#define TRACE(name)                                                            \
	lttng_ust_tracepoint(await, name, event, (void *)(uintptr_t)event->addr)
#define TRACE_STACK(name)                                                      \
	do {                                                                   \
		struct stack stack;                                            \
                                                                               \
		if (!lttng_ust_tracepoint_enabled(await, name))                \
			break;                                                 \
		stack_capture(&stack, event->addr);                            \
		lttng_ust_do_tracepoint(                                       \
			await, name, event, (void *)(uintptr_t)event->addr,    \
			stack.pcs, stack.count, stack.truncated);              \
	} while (0)

static void trace(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	switch (event->type) {
	case AWAIT_EVENT_CREATE:
		TRACE(create);
		TRACE_STACK(create_stack);
		break;
	case AWAIT_EVENT_EXEC_BEGIN:
		TRACE(exec_begin);
		TRACE_STACK(exec_stack);
		break;
	case AWAIT_EVENT_EXEC_END:
		TRACE(exec_end);
		break;
	case AWAIT_EVENT_HIT:
		TRACE(hit);
		TRACE_STACK(hit_stack);
		break;
	case AWAIT_EVENT_BLOCK_BEGIN:
		TRACE(block_begin);
		break;
	case AWAIT_EVENT_BLOCK_END:
		TRACE(block_end);
		break;
	case AWAIT_EVENT_CYCLE:
		TRACE(cycle);
		break;
	case AWAIT_EVENT_RESOLVE:
		TRACE(resolve);
		break;
	case AWAIT_EVENT_CANCEL:
		TRACE(cancel);
		break;
	case AWAIT_EVENT_DESTROY:
		TRACE(destroy);
		break;
	case AWAIT_EVENT_COUNT:
		break;
	}
}

static struct await_sink tracer = {
	.event = trace,
	.events = AWAIT_EVENTS_ALL,
};

__attribute__((constructor)) static void start_tracer(void)
{
	struct stack_options options;
	int rc;

	stack_options(&options);
	stack_begin(&options);
	statedump_begin();
	rc = await_sink_add(&tracer);
	if (rc != 0)
		fprintf(stderr, "await: running untraced: %s\n", strerror(-rc));
}

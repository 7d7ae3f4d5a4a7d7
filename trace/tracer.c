/* SPDX-License-Identifier: MIT */
/*
 * libawait-trace.so: a sink that turns events into LTTng-UST tracepoints.
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

#include <stdio.h>
#include <string.h>

static void trace_create(const struct await_event *event, void *addr)
{
	struct stack stack;

	lttng_ust_tracepoint(await, create, event, addr);
	if (!lttng_ust_tracepoint_enabled(await, create_stack))
		return;
	stack_capture(&stack, addr);
	lttng_ust_do_tracepoint(await, create_stack, event, addr, stack.pcs,
				stack.count, stack.truncated);
}

static void trace(struct await_sink *sink, const struct await_event *event)
{
	void *addr = (void *)(uintptr_t)event->addr;

	(void)sink;
	switch (event->type) {
	case AWAIT_EVENT_CREATE:
		trace_create(event, addr);
		break;
	case AWAIT_EVENT_EXEC_BEGIN:
		lttng_ust_tracepoint(await, exec_begin, event, addr);
		break;
	case AWAIT_EVENT_EXEC_END:
		lttng_ust_tracepoint(await, exec_end, event, addr);
		break;
	case AWAIT_EVENT_HIT:
		lttng_ust_tracepoint(await, hit, event, addr);
		break;
	case AWAIT_EVENT_DESTROY:
		lttng_ust_tracepoint(await, destroy, event, addr);
		break;
	default:
		break;
	}
}

static struct await_sink tracer = {
	.event = trace,
	.events = AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE) |
		  AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN) |
		  AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_END) |
		  AWAIT_EVENT_BIT(AWAIT_EVENT_HIT) |
		  AWAIT_EVENT_BIT(AWAIT_EVENT_DESTROY),
};

__attribute__((constructor)) static void start_tracer(void)
{
	int rc;

	stack_warm_up();
	rc = await_sink_add(&tracer);
	if (rc != 0)
		fprintf(stderr, "await: running untraced: %s\n", strerror(-rc));
}

/* SPDX-License-Identifier: MIT */
/*
 * libawait-lttng.so: a sink that turns events into LTTng-UST tracepoints.
 *
 * The sink is added when the tracer is loaded (linked, preloaded, or requested
 * by LIBAWAIT_TRACE) and stays until the process ends, so a session may begin
 * at any time. Its switches are LTTng's, so without a session awaits cost next
 * to nothing more. It has no state of its own, and all threads may call it at
 * once.
 */
#define _GNU_SOURCE /* RTLD_NODELETE */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "registration.h"
/* After that, since it replaces what the provider calls. */
#include "provider.h"

#include "fork.h"
#include "guard.h"
#include "maps.h"
#include "process.h"
#include "stack/files.h"
#include "stack/stack.h"
#include "statedump.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/*
 * A function for each type of event, so that none saves registers for the
 * others. It emits the event, then its stack if a session records that. Macros,
 * because tracepoints are macros that need the name of the event.
 */
#define EMIT(name)                                                             \
	lttng_ust_tracepoint(await, name, event, (void *)(uintptr_t)event->addr)
#define EMIT_STACK(name)                                                       \
	do {                                                                   \
		struct stack stack;                                            \
                                                                               \
		if (!lttng_ust_tracepoint_enabled(await, name))                \
			break;                                                 \
		stack_capture(&stack, event->addr, event->frame);              \
		lttng_ust_do_tracepoint(                                       \
			await, name, event, (void *)(uintptr_t)event->addr,    \
			stack.pcs, stack.count, stack.truncated);              \
	} while (0)
#define TRACE(name)                                                            \
	static void trace_##name(const struct await_event *event)              \
	{                                                                      \
		EMIT(name);                                                    \
	}
#define TRACE_STACK(name, stack_name)                                          \
	static void trace_##name(const struct await_event *event)              \
	{                                                                      \
		EMIT(name);                                                    \
		EMIT_STACK(stack_name);                                        \
	}

TRACE_STACK(create, create_stack)
TRACE_STACK(exec_begin, exec_stack)
TRACE(exec_end)
TRACE_STACK(hit, hit_stack)
TRACE(block_begin)
TRACE(block_end)
TRACE(cycle)
TRACE(destroy)
TRACE(resolve)
TRACE(cancel)
TRACE(wait_end)
TRACE(name)
TRACE(start)

static void (*const traces[AWAIT_EVENT_COUNT])(const struct await_event *) = {
	[AWAIT_EVENT_CREATE] = trace_create,
	[AWAIT_EVENT_EXEC_BEGIN] = trace_exec_begin,
	[AWAIT_EVENT_EXEC_END] = trace_exec_end,
	[AWAIT_EVENT_HIT] = trace_hit,
	[AWAIT_EVENT_BLOCK_BEGIN] = trace_block_begin,
	[AWAIT_EVENT_BLOCK_END] = trace_block_end,
	[AWAIT_EVENT_CYCLE] = trace_cycle,
	[AWAIT_EVENT_DESTROY] = trace_destroy,
	[AWAIT_EVENT_RESOLVE] = trace_resolve,
	[AWAIT_EVENT_CANCEL] = trace_cancel,
	[AWAIT_EVENT_WAIT_END] = trace_wait_end,
	[AWAIT_EVENT_NAME] = trace_name,
	[AWAIT_EVENT_START] = trace_start,
};

/* Apart, so that usual events save no registers for it. */
__attribute__((noinline)) static void
trace_unusual(const struct await_event *event)
{
	if (!fork_is_followed()) {
		fork_tell();
		return;
	}
	maps_look(event->addr);
	traces[event->type](event);
}

static void trace(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	if (__builtin_expect(!fork_is_followed() || files_are_new(), 0))
		trace_unusual(event);
	else
		traces[event->type](event);
}

/* The words of LTTng that lttng_ust_tracepoint() tests. */
#define STATE(name)                                                            \
	((AWAIT_ATOMIC(int) *)&lttng_ust_tracepoint_await___##name.state)

static const struct await_switch switches[AWAIT_EVENT_COUNT] = {
	[AWAIT_EVENT_CREATE] = { { STATE(create), STATE(create_stack) } },
	[AWAIT_EVENT_EXEC_BEGIN] = { { STATE(exec_begin), STATE(exec_stack) } },
	[AWAIT_EVENT_EXEC_END] = { { STATE(exec_end), NULL } },
	[AWAIT_EVENT_HIT] = { { STATE(hit), STATE(hit_stack) } },
	[AWAIT_EVENT_BLOCK_BEGIN] = { { STATE(block_begin), NULL } },
	[AWAIT_EVENT_BLOCK_END] = { { STATE(block_end), NULL } },
	[AWAIT_EVENT_CYCLE] = { { STATE(cycle), NULL } },
	[AWAIT_EVENT_DESTROY] = { { STATE(destroy), NULL } },
	[AWAIT_EVENT_RESOLVE] = { { STATE(resolve), NULL } },
	[AWAIT_EVENT_CANCEL] = { { STATE(cancel), NULL } },
	[AWAIT_EVENT_WAIT_END] = { { STATE(wait_end), NULL } },
	[AWAIT_EVENT_NAME] = { { STATE(name), NULL } },
	[AWAIT_EVENT_START] = { { STATE(start), NULL } },
};

static struct await_sink tracer = {
	.event = trace,
	.events = AWAIT_EVENTS_ALL,
};

/*
 * LTTng cancels its threads when the process ends, for which glibc loads
 * libgcc. Then it is too late in a process that can open no files any more
 * (chroot(), seccomp, RLIMIT_NOFILE): it would abort.
 */
static void load_unwinder(void)
{
	dlopen("libgcc_s.so.1", RTLD_LAZY | RTLD_NODELETE);
}

/* The tracer's only constructor, which runs after that of its provider.
 * follow_forks() comes first, so that a forked child finds LTTng in a
 * consistent state. */
__attribute__((constructor)) static void start_tracer(void)
{
	struct stack_options options;
	int rc;

	if (await_lttng_trouble())
		return;
	follow_forks();
	guard_files();
	load_unwinder();
	stack_options(&options);
	options.files_seen = maps_seen;
	stack_begin(&options);
	maps_begin();
	statedump_begin();
	process_begin();
	rc = await_sink_add_switched(&tracer, switches);
	if (rc != 0)
		fprintf(stderr, "await: running untraced: %s\n", strerror(-rc));
}

static int count_one(const struct await_info *info, void *count)
{
	(void)info;
	++*(uint64_t *)count;
	return 0;
}

/*
 * LTTng-UST takes events until its own destructor, which comes after those of
 * this library, as that depends on it; but the provider is unregistered by one
 * of this library's, from its header. Those of one file run from the last to
 * the first: so this comes after the include. All of the program's own handlers
 * and destructors have run. A forked child has a process_end of its own.
 */
__attribute__((destructor)) static void end_process(void)
{
	uint64_t alive = 0;

	if (!fork_is_followed() ||
	    !lttng_ust_tracepoint_enabled(await, process_end))
		return;
	await_each(count_one, &alive);
	lttng_ust_do_tracepoint(await, process_end, alive, NULL);
}

/* Runs before the destructor of the provider, which takes its functions from
 * under a thread that is emitting: a process may end while it dumps. */
__attribute__((destructor)) static void stop_dumping(void)
{
	statedump_end();
}

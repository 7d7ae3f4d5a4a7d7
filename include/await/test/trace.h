/* SPDX-License-Identifier: MIT */
/*
 * Part of <await/test.h>: traces. A trace is a list of events, in the order in
 * which they happened: one that this process recorded of itself, in memory,
 * without LTTng, or one that LTTng recorded. Assertions treat both alike.
 */
#pragma once

#include <await/core.h>
#include <await/sink.h>

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct await_trace;
struct await_match;

/* --- recording this process --- */

struct await_trace_options {
	/* Room, in events of 64 bytes; 0 is 1,000,000. What does not fit is
	 * counted, and every assertion on such a trace fails. Only what is used
	 * takes memory. */
	size_t events;
	bool this_thread; /* leave out what other threads do */
	/* AWAIT_EVENT_BIT()s of which the stack is recorded, at 8 bytes a
	 * frame; 0: none */
	uint32_t stacks;
	unsigned depth; /* frames of a stack; 0 is 32 */
	/* Keep the newest events instead of the oldest; the others still count
	 * as lost. Room is then a power of two, at least events; no stacks. */
	bool overwrite;
};

/*
 * Begins to record. options may be NULL. The trace that await_trace_end() gave
 * before is gone with it.
 *
 *   0          events that begin from now on are recorded
 *   -EALREADY  it records already; nothing has changed
 *   -EINVAL    options that make no sense
 *   -ENOMEM    no memory for the events
 *   others     of await_sink_add()
 */
int await_trace_begin(const struct await_trace_options *options);

/*
 * Ends it. When this returns, no thread writes to the trace any more; what
 * threads do during the call may be in it or not. NULL without a begin: all
 * assertions on NULL fail and say so. The trace lives until the next begin.
 */
const struct await_trace *await_trace_end(void);

/*
 * For cmocka's teardown of tests or groups: ends what a test began and left by
 * a failure, and forgets it. Returns 0, or -1 when an assertion failed on
 * another thread and was not reported yet; then it is printed on stderr.
 */
int await_trace_teardown(void **state);

/* --- recorded by LTTng --- */

/*
 * Loads what LTTng recorded: the directory that awaitctl record, lttng or the
 * session below wrote. NULL when it can't be read: await_trace_error() says
 * why, in one line. Free it by await_trace_free(). vpid: of one process, or 0
 * when the trace has only one.
 */
const struct await_trace *await_trace_load(const char *directory, int vpid);
void await_trace_free(const struct await_trace *trace);
const char *await_trace_error(void);

/*
 * A session of LTTng that records this process, run by the library: one for
 * the whole test program, begun at the first begin and ended at exit. Needs
 * the tracer in this process (link await-trace, or LIBAWAIT_TRACE=1), and a
 * session daemon, which is started if there is none and ended at exit.
 *
 * 0, or a negative errno; await_trace_error() says why in one line. end()
 * returns what happened since begin(), to be freed, or NULL.
 */
int await_session_begin(void);
const struct await_trace *await_session_end(void);

/* --- reading a trace --- */

struct await_seen {
	enum await_event_type type;
	enum await_state state; /* the outcome, where an event has one */
	uint64_t id;
	uint64_t parent; /* the await in whose function it happened, or 0 */
	const char *function; /* of the await */
	const char *type_name;
	const char *file; /* where the await was made; NULL: before the trace */
	uint32_t line;
	uint32_t thread;     /* thread id */
	uint64_t time_ns;    /* only differences mean something */
	uint64_t latency_ns; /* AWAIT_EVENT_EXEC_END */
	int32_t error;
	uint32_t attempt;
	uint64_t addr;	       /* the call, in the user's code */
	const uint64_t *stack; /* return addresses, innermost first */
	size_t stack_depth;
	enum await_run_source source; /* AWAIT_EVENT_EXEC_BEGIN */
	const char *name; /* that await_name() gave last; NULL: it has none */
};

size_t await_trace_count(const struct await_trace *trace);
/* Fills *event with number index, from 0; false when there is none. What it
 * points to lives as long as the trace. */
bool await_trace_get(const struct await_trace *trace, size_t index,
		     struct await_seen *event);
size_t await_trace_lost(const struct await_trace *trace);

/* The events that filter matches as text, like that of assert_await_golden(),
 * to be freed by free(). filter may be NULL. NULL when memory is out, trace is
 * NULL, or filter can't be evaluated. */
char *await_trace_text(const struct await_trace *trace,
		       const struct await_match *filter);

#ifdef __cplusplus
}
#endif

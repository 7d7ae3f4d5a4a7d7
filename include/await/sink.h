/* SPDX-License-Identifier: MIT */
/*
 * <await/sink.h>: the seam. Whoever wants to see what awaits do (a tracer, a
 * recorder, a test) is a sink: it says which events it wants and is called for
 * each, on the thread where it happens, at the moment it happens.
 *
 * A process without sinks pays for one load and one predicted branch at each
 * creation, run and destruction, and nothing at all at a cached hit: a sink
 * that wants hits or runs makes waits take a slower path instead.
 *
 *     static void on_event(struct await_sink *sink,
 *                          const struct await_event *e)
 *     {
 *             fprintf(stderr, "await %" PRIu64 ": event %d\n", e->id, e->type);
 *     }
 *     static struct await_sink sink = {
 *             .event = on_event,
 *             .events = AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE),
 *     };
 *     ...
 *     await_sink_add(&sink);
 */
#pragma once

#include <await/core.h>

#ifdef __cplusplus
extern "C" {
#endif

enum await_event_type {
	AWAIT_EVENT_CREATE = 0,	     /* published, handle not yet returned */
	AWAIT_EVENT_EXEC_BEGIN = 1,  /* claimed, function about to be called */
	AWAIT_EVENT_EXEC_END = 2,    /* function returned, outcome not yet
					visible to other threads */
	AWAIT_EVENT_HIT = 3,	     /* a wait found the value cached */
	AWAIT_EVENT_BLOCK_BEGIN = 4, /* about to sleep until a run ends */
	AWAIT_EVENT_BLOCK_END = 5,   /* awake again */
	AWAIT_EVENT_CYCLE = 6,	     /* a wait was refused with -EDEADLK */
	AWAIT_EVENT_DESTROY = 7,     /* last reference gone, payload intact */
	AWAIT_EVENT_RESOLVE = 8,     /* a promise gets its value or error, not
					yet visible to other threads */
	AWAIT_EVENT_CANCEL = 9, /* about to be cancelled, arguments intact */
	/* A wait is over that neither found the value cached nor ran the
	 * function to its end, after BLOCK_END or CYCLE if these came, too. So
	 * each wait for an await ends with one of HIT, EXEC_END and WAIT_END;
	 * with both of the latter if the last reference went during its run,
	 * whose value it did not get. A handle of no await (NULL, one that has
	 * ended) has no id, so there is no event. */
	AWAIT_EVENT_WAIT_END = 10,
	AWAIT_EVENT_NAME = 11,	/* await_name(): it has its name */
	AWAIT_EVENT_START = 12, /* await_start(): about to be handed over */
	AWAIT_EVENT_COUNT
};

/* Why a function runs. */
enum await_run_source {
	AWAIT_RUN_WAIT = 0,  /* a wait came first */
	AWAIT_RUN_START = 1, /* it was started, whoever may wait later */
};

#define AWAIT_EVENT_BIT(type) (1u << (type))
#define AWAIT_EVENTS_ALL ((1u << AWAIT_EVENT_COUNT) - 1)

/* Valid during the call only; the strings behind site live on. */
struct await_event {
	enum await_event_type type;
	/* The outcome at EXEC_END, RESOLVE and CANCEL, otherwise what the await
	 * is in. */
	enum await_state state;
	struct await *aw;
	uint64_t id;
	/* The await whose function this thread is in, 0 if none: the creator
	 * at CREATE, who asked at START and NAME, the waiter at EXEC_BEGIN,
	 * HIT, BLOCK_*, CYCLE and WAIT_END. */
	uint64_t parent;
	const struct await_site *site;
	/* In the user's code: the call that created, waited or unreferenced. */
	const void *addr;
	/* EXEC_END: the run's time, with the waits inside it; 0 if no sink
	 * wanted EXEC_END when the run began. */
	uint64_t latency_ns;
	uint32_t attempt; /* EXEC_*: 1 for the first run */
	/* EXEC_END, RESOLVE: 0 or why it failed. WAIT_END: what the wait
	 * returns. With that comes state: the error of a wait in FAILED is
	 * that of the run or of the promise; one in PENDING or RUNNING passed
	 * its deadline (-ETIMEDOUT) or was refused. */
	int32_t error;
	uint32_t owner; /* BLOCK_*, CYCLE: thread id of who runs it */
	/* CREATE, EXEC_BEGIN, HIT: the frame, as __builtin_frame_address() has
	 * it, of the function whose caller addr is in, or NULL. Stacks may be
	 * walked from there, once addr was found to lie before the return
	 * address in that frame: a compiler may have made it another's. */
	const void *frame;
	enum await_run_source source; /* EXEC_BEGIN */
	const char *name;	      /* NAME; valid during the call only */
};

struct await_sink {
	/* Must not longjmp. It may create and wait for awaits; what it does
	 * itself is not reported to any sink. */
	void (*event)(struct await_sink *sink, const struct await_event *event);
	uint32_t events; /* AWAIT_EVENT_BIT()s; constant while added */
	void *data;	 /* the sink's own */
};

/*
 * Starts to call sink, which must live until await_sink_remove() returned.
 * When this returns, no event of any thread that begins from now on is missed;
 * those under way may be. Blocks for a few milliseconds per million awaits.
 *
 *   0          added
 *   -EINVAL    no callback, or unknown events
 *   -EALREADY  added before
 *   -ENOSPC    eight sinks are there already
 *   -ENOSYS    it wants hits and the kernel has no membarrier(2)
 */
int await_sink_add(struct await_sink *sink);

/*
 * Words by which a sink says whether it has any use for a type of event. While
 * both are 0 it need not be called, so operations cost hardly more than without
 * it; it may be called all the same if another sink wants the event. Turning
 * one on is a relaxed store, and no event that comes after it is missed. on[1]
 * may be NULL. They live as long as the process, also when the sink was
 * removed.
 */
struct await_switch {
	__extension__ AWAIT_ATOMIC(int) * on[2];
};

/* As await_sink_add(), with an entry for each type of event that the sink
 * wants; switches live as long as the process. -EINVAL: some on[0] is NULL. */
int await_sink_add_switched(struct await_sink *sink,
			    const struct await_switch switches[]);

/*
 * Stops calling sink. When this returns, no thread is inside its callback and
 * none will be: blocks until those that are have left.
 *
 *   0         removed
 *   -ENOENT   not added
 *   -EDEADLK  called from inside a sink's callback
 */
int await_sink_remove(struct await_sink *sink);

/*
 * Waits until each callback that is under way on any thread has returned. What
 * this thread stored before is seen by all that begin later.
 *
 *   0
 *   -EDEADLK  called from inside a sink's callback
 *   -ENOSYS   the kernel has no membarrier(2)
 */
int await_sink_sync(void);

#ifdef __cplusplus
}
#endif

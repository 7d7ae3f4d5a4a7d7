/* SPDX-License-Identifier: MIT */
/*
 * <await/test.h>: tests that assert on what awaits did.
 *
 *     #include <await/test.h> // after cmocka.h
 *
 *     static void a_page_is_fetched_once(void **state)
 *     {
 *             const struct await_trace *trace;
 *
 *             await_trace_begin(NULL);
 *             show_twice("/etc/hosts");
 *             trace = await_trace_end();
 *             assert_await_created(trace, "fetch", 1);
 *             assert_await_ran_once(trace, "fetch");
 *             assert_await_subsequence(trace, await_ran("fetch"),
 *                                      await_hit("fetch"));
 *             assert_await_no_leak(trace);
 *     }
 *
 * Build with `pkg-config --cflags --libs await-test cmocka`; docs/testing.md
 * teaches it.
 *
 * A **trace** is a list of events, in the order in which they happened: one
 * that this process recorded of itself, in memory, without LTTng, or one that
 * LTTng recorded. Assertions don't care which.
 *
 * A **subject** says which awaits are meant: a function by its name ("fetch"),
 * one await by its id (await_id(), a uint64_t) or by its handle, or NULL (in
 * C++ nullptr) for all. A handle is looked up among those that the trace saw:
 * it may have ended long ago, but if several awaits lived there in turn the
 * assertion fails and asks for an id.
 *
 * A **matcher** says which events are meant: await_hit("fetch"). Matchers
 * compose: await_all_of(await_hit("fetch"), await_from("main")). They are
 * values for one expression: built in memory that is used again later, so
 * don't keep them.
 *
 * Threads: begin, end and assertions may be called by any thread. cmocka's
 * failures leave by longjmp, which only the thread of the test may do: the one
 * that began the trace. An assertion that fails on another thread is kept, and
 * fails in the test's thread at its next assertion, or in its teardown.
 */
#pragma once

#include <await/core.h>
#include <await/sink.h>

#include <stdbool.h>

#ifdef __cplusplus
#include <initializer_list>
extern "C" {
#endif

/* --- recording this process --- */

struct await_trace;

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
	/* Keep the newest events instead of the oldest; the rest is counted as
	 * lost all the same. Room is a power of two then, at least events; no
	 * stacks. */
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
 * they do while it is called may be in it or not. NULL without a begin: all
 * assertions on NULL fail and say so. The trace lives until the next begin.
 */
const struct await_trace *await_trace_end(void);

/*
 * For cmocka's teardown of tests or groups: ends what a test began and left by
 * a failure, and forgets it. Returns 0, or -1 when an assertion failed on
 * another thread and nobody was told.
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

/* --- matchers --- */

struct await_match;

/* One event of a trace, for matchers of one's own. */
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
};

/* Each event of the subject: of the type that the name says. */
#define await_created(subject) AWAIT_MATCH_(CREATE, ANY, subject)
#define await_begins(subject) AWAIT_MATCH_(EXEC_BEGIN, ANY, subject)
#define await_ends(subject) AWAIT_MATCH_(EXEC_END, ANY, subject)
#define await_ran(subject) AWAIT_MATCH_(EXEC_END, RESOLVED, subject)
#define await_failed(subject) AWAIT_MATCH_(EXEC_END, FAILED, subject)
#define await_hit(subject) AWAIT_MATCH_(HIT, ANY, subject)
#define await_blocks(subject) AWAIT_MATCH_(BLOCK_BEGIN, ANY, subject)
#define await_wakes(subject) AWAIT_MATCH_(BLOCK_END, ANY, subject)
#define await_refused(subject) AWAIT_MATCH_(CYCLE, ANY, subject)
#define await_destroyed(subject) AWAIT_MATCH_(DESTROY, ANY, subject)
#define await_resolved(subject) AWAIT_MATCH_(RESOLVE, RESOLVED, subject)
#define await_rejected(subject) AWAIT_MATCH_(RESOLVE, FAILED, subject)
#define await_cancelled(subject) AWAIT_MATCH_(CANCEL, ANY, subject)
/* Every event of the subject. */
#define await_any_event(subject)                                               \
	await_match_event(-1, -1, AWAIT_SUBJECT_(subject))

#define await_all_of(...) await_match_list('&', AWAIT_MATCHES_(__VA_ARGS__))
#define await_any_of(...) await_match_list('|', AWAIT_MATCHES_(__VA_ARGS__))
#define await_none_of(...) await_match_list('!', AWAIT_MATCHES_(__VA_ARGS__))

/* The await was made there; file without its folder, or with as much of it as
 * should be compared. line 0: anywhere in it. */
const struct await_match *await_made_at(const char *file, unsigned line);
/* The call lies there, as debug information says; file and line as above. */
const struct await_match *await_called_at(const char *file, unsigned line);
/* The call lies in a function of that name. */
const struct await_match *await_from(const char *function);
/* The recorded stack has a function of that name. */
const struct await_match *await_with_stack(const char *function);
/* It happened in the function of an await that is the subject. */
#define await_inside(subject) await_match_inside(AWAIT_SUBJECT_(subject))
const struct await_match *await_on_thread(uint32_t tid);
const struct await_match *await_with_error(int error);
/* matches(event, data) decides, and returns: no longjmp, no assertions; text is
 * what a failure prints. */
const struct await_match *
await_where(bool (*matches)(const struct await_seen *event, void *data),
	    void *data, const char *text);

/* --- assertions --- */

/* Exactly these events, in this order, are all of the trace; or all that
 * filter matches. */
#define assert_await_sequence(trace, ...)                                      \
	AWAIT_LIST_CLAIM_(trace, SEQUENCE, NULL, __VA_ARGS__)
#define assert_await_sequence_of(trace, filter, ...)                           \
	AWAIT_LIST_CLAIM_(trace, SEQUENCE, filter, __VA_ARGS__)
/* Nothing happened. */
#define assert_await_nothing(trace)                                            \
	AWAIT_CLAIM_(await_claim_list(trace, AWAIT_SEQUENCE, NULL, NULL))
/* These events, in this order, perhaps with others between them. */
#define assert_await_subsequence(trace, ...)                                   \
	AWAIT_LIST_CLAIM_(trace, SUBSEQUENCE, NULL, __VA_ARGS__)
/* Each of these once, in any order, and no others; or none that filter
 * matches. */
#define assert_await_any_order(trace, ...)                                     \
	AWAIT_LIST_CLAIM_(trace, ANY_ORDER, NULL, __VA_ARGS__)
#define assert_await_any_order_of(trace, filter, ...)                          \
	AWAIT_LIST_CLAIM_(trace, ANY_ORDER, filter, __VA_ARGS__)

/* How many events match; most may be AWAIT_UNLIMITED. */
#define AWAIT_UNLIMITED SIZE_MAX
#define assert_await_count(trace, match, count)                                \
	AWAIT_CLAIM_(await_claim_count(trace, match, count, count))
#define assert_await_count_between(trace, match, least, most)                  \
	AWAIT_CLAIM_(await_claim_count(trace, match, least, most))
#define assert_await_created(trace, subject, count)                            \
	assert_await_count(trace, await_created(subject), count)
#define assert_await_ran(trace, subject, count)                                \
	assert_await_count(trace, await_begins(subject), count)
#define assert_await_never_ran(trace, subject)                                 \
	assert_await_ran(trace, subject, 0)
#define assert_await_ran_once(trace, subject)                                  \
	assert_await_ran(trace, subject, 1)
#define assert_await_hits(trace, subject, count)                               \
	assert_await_count(trace, await_hit(subject), count)

/* Every event that match matches is one that all matches too, and there is at
 * least one. What the next three are made of. */
#define assert_await_each(trace, match, all)                                   \
	AWAIT_CLAIM_(await_claim_each(trace, match, all))
#define assert_await_made_at(trace, subject, file, line)                       \
	assert_await_each(trace, await_created(subject),                       \
			  await_made_at(file, line))
#define assert_await_stack_has(trace, match, function)                         \
	assert_await_each(trace, match, await_with_stack(function))
#define assert_await_inside(trace, subject, parent)                            \
	assert_await_each(trace, await_begins(subject), await_inside(parent))
/* The first wait for each await of the subject was called in that function. */
#define assert_await_first_wait_from(trace, subject, function)                 \
	AWAIT_CLAIM_(await_claim_first_wait(trace, AWAIT_SUBJECT_(subject),    \
					    function))

/* The last event that first matches is before the first that then matches, on
 * whatever threads; there is one of each. */
#define assert_await_before(trace, first, then)                                \
	AWAIT_CLAIM_(await_claim_before(trace, first, then))
/* All events that match happened on one thread; on as many. */
#define assert_await_threads(trace, match, count)                              \
	AWAIT_CLAIM_(await_claim_threads(trace, match, count))

/* Each run of the subject took at least and at most as long. Machines are
 * busy: bounds that are not far off make tests that fail now and then. */
#define assert_await_took_between(trace, subject, least_ns, most_ns)           \
	AWAIT_CLAIM_(await_claim_took(trace, AWAIT_SUBJECT_(subject),          \
				      least_ns, most_ns))

/* No event was lost; every other assertion asserts this too. */
#define assert_await_nothing_lost(trace)                                       \
	AWAIT_CLAIM_(await_claim_nothing_lost(trace))
/* What was created in the trace was destroyed in it. */
#define assert_await_no_leak(trace) AWAIT_CLAIM_(await_claim_no_leak(trace))

/*
 * The trace as text is what the file holds: one line an event, with ids and
 * threads numbered in order of appearance, files without folders, and neither
 * times nor addresses. With AWAIT_TEST_UPDATE=1 in the environment the file is
 * written instead. filter may be NULL.
 */
#define assert_await_golden(trace, filter, path)                               \
	AWAIT_CLAIM_(await_claim_golden(trace, filter, path))

/* That text, to be freed by free(). NULL when memory is out, trace is NULL, or
 * filter can't be asked. */
char *await_trace_text(const struct await_trace *trace,
		       const struct await_match *filter);
size_t await_trace_count(const struct await_trace *trace);
/* Fills *event with number index, from 0; false when there is none. What it
 * points to lives as long as the trace. */
bool await_trace_get(const struct await_trace *trace, size_t index,
		     struct await_seen *event);
size_t await_trace_lost(const struct await_trace *trace);

/* --- what the macros are made of; for other test frameworks --- */

/*
 * A claim is NULL when it holds, otherwise the text of the failure: what was
 * claimed, then what was expected beside what happened, with the nearest
 * difference marked. The text lives until the thread's next claim.
 */
enum await_order { AWAIT_SEQUENCE, AWAIT_SUBSEQUENCE, AWAIT_ANY_ORDER };

struct await_subject {
	char kind; /* 'f' name, 'i' id, 'h' handle, 'a' all */
	const void *pointer;
	uint64_t id;
};

const struct await_match *await_match_event(int type, int state,
					    struct await_subject subject);
const struct await_match *await_match_inside(struct await_subject subject);
/* list ends in NULL. */
const struct await_match *
await_match_list(char how, const struct await_match *const *list);

const char *await_claim_list(const struct await_trace *trace,
			     enum await_order order,
			     const struct await_match *filter,
			     const struct await_match *const *list);
const char *await_claim_count(const struct await_trace *trace,
			      const struct await_match *match, size_t least,
			      size_t most);
const char *await_claim_each(const struct await_trace *trace,
			     const struct await_match *match,
			     const struct await_match *all);
const char *await_claim_first_wait(const struct await_trace *trace,
				   struct await_subject subject,
				   const char *function);
const char *await_claim_before(const struct await_trace *trace,
			       const struct await_match *first,
			       const struct await_match *then);
const char *await_claim_threads(const struct await_trace *trace,
				const struct await_match *match, size_t count);
const char *await_claim_took(const struct await_trace *trace,
			     struct await_subject subject, uint64_t least_ns,
			     uint64_t most_ns);
const char *await_claim_nothing_lost(const struct await_trace *trace);
const char *await_claim_no_leak(const struct await_trace *trace);
const char *await_claim_golden(const struct await_trace *trace,
			       const struct await_match *filter,
			       const char *path);

/*
 * For a framework's macro: NULL, or the text of what has to be reported on
 * this thread: claim, if it failed on the thread of the test, and what failed
 * on others before. On another thread a failed claim is kept, with where.
 */
const char *await_claim_report(const char *claim, const char *file, int line);

#define AWAIT_MATCH_(type, state, subject)                                     \
	await_match_event(AWAIT_EVENT_##type, AWAIT_MATCH_##state##_,          \
			  AWAIT_SUBJECT_(subject))
#define AWAIT_MATCH_ANY_ -1
#define AWAIT_MATCH_RESOLVED_ AWAIT_RESOLVED
#define AWAIT_MATCH_FAILED_ AWAIT_FAILED

#ifdef __cplusplus
#define AWAIT_MATCHES_(...)                                                    \
	(std::initializer_list<const struct await_match *>{ __VA_ARGS__,       \
							    nullptr }          \
		 .begin())
#else
#define AWAIT_MATCHES_(...)                                                    \
	((const struct await_match *const[]){ __VA_ARGS__, NULL })
#endif

#define AWAIT_LIST_CLAIM_(trace, order, filter, ...)                           \
	AWAIT_CLAIM_(await_claim_list(trace, AWAIT_##order, filter,            \
				      AWAIT_MATCHES_(__VA_ARGS__)))

/* As cmocka's own assertions fail: the text is part of what it reports, also in
 * TAP and XML. */
#define AWAIT_CLAIM_(claim)                                                    \
	do {                                                                   \
		const char *failure_ =                                         \
			await_claim_report(claim, __FILE__, __LINE__);         \
		if (failure_)                                                  \
			_assert_true(0, failure_, __FILE__, __LINE__);         \
	} while (0)

static inline struct await_subject await_subject_name(const char *name)
{
	struct await_subject subject = { 'f', name, 0 };

	return subject;
}

static inline struct await_subject await_subject_id(uint64_t id)
{
	struct await_subject subject = { 'i', NULL, id };

	return subject;
}

static inline struct await_subject await_subject_handle(const void *handle)
{
	struct await_subject subject = { 'h', handle, 0 };

	if (!handle)
		subject.kind = 'a';
	return subject;
}

#ifdef __cplusplus
}

static inline struct await_subject await_subject_of(const char *name)
{
	return await_subject_name(name);
}

static inline struct await_subject await_subject_of(uint64_t id)
{
	return await_subject_id(id);
}

template <typename T> struct await_subject await_subject_of(T *handle)
{
	return await_subject_handle(&handle->head);
}

static inline struct await_subject await_subject_of(decltype(nullptr))
{
	return await_subject_handle(nullptr);
}
#define AWAIT_SUBJECT_(subject) await_subject_of(subject)
#else
/* A literal's type is char *; NULL's is void *. */
#define AWAIT_SUBJECT_(subject)                                                \
	_Generic((subject),                                                    \
		char *: await_subject_name,                                    \
		const char *: await_subject_name,                              \
		int: await_subject_id,                                         \
		unsigned: await_subject_id,                                    \
		long: await_subject_id,                                        \
		unsigned long: await_subject_id,                               \
		long long: await_subject_id,                                   \
		unsigned long long: await_subject_id,                          \
		default: await_subject_handle)(subject)
#endif

/* SPDX-License-Identifier: MIT */
/*
 * Part of <await/test.h>: what selects awaits and events.
 *
 * A **subject** selects awaits: those of a function by its name ("fetch"), one
 * await by its id (await_id(), a uint64_t) or by its handle, or all by NULL (in
 * C++ nullptr). A handle is looked up among the awaits of the trace: its await
 * may have ended long ago, but if several awaits lived at that address in turn
 * the assertion fails and asks for an id.
 *
 * A **matcher** selects events: await_hit("fetch"). Matchers compose:
 * await_all_of(await_hit("fetch"), await_from("main")). They are values for one
 * expression: their memory is soon reused, so don't store them.
 */
#pragma once

#include <await/test/trace.h>

#include <stdbool.h>

#ifdef __cplusplus
#include <initializer_list>
extern "C" {
#endif

/* Each event of the subject, of the type that the name says. */
#define await_created(subject) AWAIT_MATCH_(CREATE, ANY, subject)
#define await_begins(subject) AWAIT_MATCH_(EXEC_BEGIN, ANY, subject)
#define await_ends(subject) AWAIT_MATCH_(EXEC_END, ANY, subject)
#define await_ran(subject) AWAIT_MATCH_(EXEC_END, RESOLVED, subject)
#define await_failed(subject) AWAIT_MATCH_(EXEC_END, FAILED, subject)
#define await_hit(subject) AWAIT_MATCH_(HIT, ANY, subject)
#define await_blocks(subject) AWAIT_MATCH_(BLOCK_BEGIN, ANY, subject)
#define await_wakes(subject) AWAIT_MATCH_(BLOCK_END, ANY, subject)
#define await_refused(subject) AWAIT_MATCH_(CYCLE, ANY, subject)
/* The end of each wait that neither hit nor ran the function:
 * await_with_error() says how it ended, with 0 if it slept and got the value.
 */
#define await_waited(subject) AWAIT_MATCH_(WAIT_END, ANY, subject)
#define await_named(subject) AWAIT_MATCH_(NAME, ANY, subject)
#define await_started(subject) AWAIT_MATCH_(START, ANY, subject)
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

/* --- what the macros are made of --- */

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

/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into awaitctl, it makes LTTng make something else than it is asked
 * for, and say success, or says that LTTng is waited for: AWAITCTL_OTHERWISE
 * says what. The session daemon is a real one. See test_otherwise.py.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <lttng/lttng.h>

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Which arguments are const differs between versions of LTTng: so these have
 * names of their own for the compiler. */
#define INSTEAD_OF(name) __asm__(#name)
struct lttng_handle *instead_create_handle(const char *session,
					   struct lttng_domain *domain)
	INSTEAD_OF(lttng_create_handle);
int instead_enable_channel(struct lttng_handle *handle,
			   struct lttng_channel *channel)
	INSTEAD_OF(lttng_enable_channel);
int instead_enable_event_with_filter(struct lttng_handle *handle,
				     struct lttng_event *event,
				     const char *channel, const char *filter)
	INSTEAD_OF(lttng_enable_event_with_filter);
int instead_track_pid(struct lttng_handle *handle, int pid)
	INSTEAD_OF(lttng_track_pid);
int instead_start_tracing(const char *session) INSTEAD_OF(lttng_start_tracing);
int instead_list_sessions(struct lttng_session **sessions)
	INSTEAD_OF(lttng_list_sessions);

/* As LTTng does where a program of 32 bits runs and has no consumer: it starts
 * no session that records that one, and takes it down with an error. */
static bool records_nobody;

static bool is_wanted(const char *what)
{
	const char *wish = getenv("AWAITCTL_OTHERWISE");

	return wish && strcmp(wish, what) == 0;
}

/* Sets *next to LTTng's own function. */
static void find(void *next, const char *name)
{
	*(void **)next = dlsym(RTLD_NEXT, name);
}

struct lttng_handle *instead_create_handle(const char *session,
					   struct lttng_domain *domain)
{
	struct lttng_handle *(*next)(const char *, struct lttng_domain *);
	struct lttng_domain other =
		domain ? *domain : (struct lttng_domain){ 0 };

	find(&next, "lttng_create_handle");
	if (is_wanted("buffers per process"))
		other.buf_type = LTTNG_BUFFER_PER_PID;
	return next(session, domain ? &other : NULL);
}

int instead_enable_channel(struct lttng_handle *handle,
			   struct lttng_channel *channel)
{
	int (*next)(struct lttng_handle *, struct lttng_channel *), rc;

	find(&next, "lttng_enable_channel");
	if (strcmp(channel->name, "awaits") != 0)
		return next(handle, channel);
	if (is_wanted("no channel"))
		return 0;
	if (is_wanted("other size"))
		channel->attr.num_subbuf *= 2;
	if (is_wanted("other mode"))
		channel->attr.overwrite = !channel->attr.overwrite;
	if (is_wanted("blocking"))
		lttng_channel_set_blocking_timeout(channel, -1);
	rc = next(handle, channel);
	if (is_wanted("disabled channel"))
		lttng_disable_channel(handle, channel->name);
	return rc;
}

int instead_enable_event_with_filter(struct lttng_handle *handle,
				     struct lttng_event *event,
				     const char *channel, const char *filter)
{
	int (*next)(struct lttng_handle *, struct lttng_event *, const char *,
		    const char *),
		rc;
	bool is_hit = strcmp(event->name, "await:hit") == 0;

	find(&next, "lttng_enable_event_with_filter");
	if (is_hit && is_wanted("no event"))
		return 0;
	if (is_hit && is_wanted("other filter"))
		filter = filter ? NULL : "id == 3";
	rc = next(handle, event, channel, filter);
	if (is_hit && is_wanted("disabled event"))
		lttng_disable_event(handle, event->name, channel);
	return rc;
}

int instead_track_pid(struct lttng_handle *handle, int pid)
{
	int (*next)(struct lttng_handle *, int);

	find(&next, "lttng_track_pid");
	return is_wanted("all processes") ? 0 : next(handle, pid);
}

int instead_start_tracing(const char *session)
{
	int (*next)(const char *);

	find(&next, "lttng_start_tracing");
	if (is_wanted("32 bits") && !records_nobody)
		return -LTTNG_ERR_FATAL;
	return is_wanted("not started") ? 0 : next(session);
}

/* A session that is stopped is no longer looked at, but with all. */
static bool is_stopped;

int lttng_stop_tracing_no_wait(const char *session)
{
	int (*next)(const char *);

	find(&next, "lttng_stop_tracing_no_wait");
	is_stopped = true;
	return next(session);
}

int instead_list_sessions(struct lttng_session **sessions)
{
	int (*next)(struct lttng_session **), count;

	find(&next, "lttng_list_sessions");
	count = next(sessions);
	return (count == 0 || is_stopped) && is_wanted("no empty list") ?
		       -LTTNG_ERR_FATAL :
		       count;
}

static void say_waits(void)
{
	if (is_wanted("waits"))
		fputs("LTTng is waited for\n", stderr);
}

enum lttng_clear_handle_status
lttng_clear_handle_wait_for_completion(struct lttng_clear_handle *handle,
				       int timeout_ms)
{
	enum lttng_clear_handle_status (*next)(struct lttng_clear_handle *,
					       int);

	say_waits();
	find(&next, "lttng_clear_handle_wait_for_completion");
	return next(handle, timeout_ms);
}

enum lttng_destruction_handle_status
lttng_destruction_handle_wait_for_completion(
	struct lttng_destruction_handle *handle, int timeout_ms)
{
	enum lttng_destruction_handle_status (*next)(
		struct lttng_destruction_handle *, int);

	say_waits();
	find(&next, "lttng_destruction_handle_wait_for_completion");
	return next(handle, timeout_ms);
}

enum lttng_process_attr_tracker_handle_status
lttng_process_attr_tracker_handle_set_tracking_policy(
	const struct lttng_process_attr_tracker_handle *tracker,
	enum lttng_tracking_policy policy)
{
	enum lttng_process_attr_tracker_handle_status (*next)(
		const struct lttng_process_attr_tracker_handle *,
		enum lttng_tracking_policy);

	find(&next, "lttng_process_attr_tracker_handle_set_tracking_policy");
	records_nobody = policy == LTTNG_TRACKING_POLICY_EXCLUDE_ALL;
	return next(tracker, policy);
}

enum lttng_destruction_handle_status lttng_destruction_handle_get_result(
	const struct lttng_destruction_handle *handle,
	enum lttng_error_code *result)
{
	enum lttng_destruction_handle_status (*next)(
		const struct lttng_destruction_handle *,
		enum lttng_error_code *),
		status;

	find(&next, "lttng_destruction_handle_get_result");
	status = next(handle, result);
	if (is_wanted("32 bits"))
		*result = LTTNG_ERR_INVALID;
	return status;
}

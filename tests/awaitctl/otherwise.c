/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into awaitctl, it makes LTTng make something else than it is asked
 * for, and say success: AWAITCTL_OTHERWISE says what. The session daemon is a
 * real one. See test_otherwise.py.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <lttng/lttng.h>

#include <dlfcn.h>
#include <stdbool.h>
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
	return is_wanted("not started") ? 0 : next(session);
}

int instead_list_sessions(struct lttng_session **sessions)
{
	int (*next)(struct lttng_session **), count;

	find(&next, "lttng_list_sessions");
	count = next(sessions);
	return count == 0 && is_wanted("no empty list") ? -LTTNG_ERR_FATAL :
							  count;
}

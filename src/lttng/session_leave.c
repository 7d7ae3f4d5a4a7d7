/* SPDX-License-Identifier: MIT */
/* See session_leave.h. */
#include "lttng/session_leave.h"

#include "lttng/consumers.h"
#include "lttng/daemon.h"
#include "lttng/request.h"
#include "lttng/session.h"
#include "lttng/session_count.h"
#include "lttng/trigger.h"

#include <lttng/lttng.h>
#include <unistd.h>

/* Returns 0, or another number if they stay: since there are other sessions, or
 * it is not known. */
static int end_consumers(void *data, struct trouble *why)
{
	const struct session *session = data;
	int others = session_count(session->name, why);

	if (others == 0)
		consumers_end(session->daemon->pid);
	return others;
}

/* It goes with its daemon. */
static bool end_daemon(struct session *session)
{
	const struct lttng_request request = { .run = end_consumers,
					       .data = session };
	struct daemon *daemon = session->daemon;
	struct trouble ignored;

	if (!daemon || !daemon_lock_ours(daemon))
		return false;
	if (lttng_request(session->host, &request, &ignored) != 0) {
		daemon_is_used(daemon);
		return false;
	}
	daemon_end(daemon);
	return true;
}

/* LTTng makes the files of the buffers for the first process that it records.
 */
static bool has_no_buffers(const struct session *session)
{
	return session->shm && rmdir(session->shm) == 0;
}

static int destroy(void *data, struct trouble *why)
{
	const struct session *session = data;

	(void)why;
	trigger_remove(session->host, session->name);
	return lttng_destroy_session_no_wait(session->name);
}

bool session_leave(struct session *session)
{
	const struct lttng_request request = { .run = destroy,
					       .data = session };
	struct trouble ignored;

	if (!has_no_buffers(session))
		return false;
	return end_daemon(session) ||
	       lttng_request(session->host, &request, &ignored) == 0;
}

/* SPDX-License-Identifier: MIT */
/* See consumer32.h. */
#include "lttng/consumer32.h"

#include "lttng/failed.h"
#include "lttng/request.h"

#include <lttng/health.h>
#include <lttng/lttng.h>

enum { ANSWER_S = 10 };

/* It is started with the first session that has channels, and answers then. */
static bool lives(void)
{
	struct lttng_health *health =
		lttng_health_create_consumerd(LTTNG_HEALTH_CONSUMERD_UST_32);
	bool lives = health && lttng_health_query(health) == 0;

	lttng_health_destroy(health);
	return lives;
}

static int check(void *unused, struct trouble *why)
{
	(void)unused;
	(void)why;
	return !lives();
}

bool consumer32_is_missing(const struct lttng_host *host)
{
	const struct lttng_request request = { .run = check,
					       .seconds = ANSWER_S };
	struct trouble ignored;

	return lttng_request(host, &request, &ignored) > 0;
}

bool consumer32_explains(int error)
{
	return (error == LTTNG_ERR_FATAL || error == LTTNG_ERR_INVALID) &&
	       !lives();
}

void consumer32_note_missing(const struct lttng_host *host, bool *said)
{
	if (!*said)
		lttng_host_note(
			host,
			"a 32-bit program is traced with LTTng-UST, and its "
			"session daemon has no consumer for those: nothing of "
			"that one is recorded, all of 64-bit ones is; %s",
			CONSUMER32_ADVICE);
	*said = true;
}

int consumer32_record(const char *session, bool all, struct trouble *why)
{
	struct lttng_process_attr_tracker_handle *tracker = NULL;
	enum lttng_error_code code = lttng_session_get_tracker_handle(
		session, LTTNG_DOMAIN_UST,
		LTTNG_PROCESS_ATTR_VIRTUAL_PROCESS_ID, &tracker);
	int set = LTTNG_PROCESS_ATTR_TRACKER_HANDLE_STATUS_ERROR;

	if (code == LTTNG_OK)
		set = lttng_process_attr_tracker_handle_set_tracking_policy(
			tracker, all ? LTTNG_TRACKING_POLICY_INCLUDE_ALL :
				       LTTNG_TRACKING_POLICY_EXCLUDE_ALL);
	lttng_process_attr_tracker_handle_destroy(tracker);
	if (set == LTTNG_PROCESS_ATTR_TRACKER_HANDLE_STATUS_OK)
		return 0;
	return trouble(
		why, "cannot choose the processes of session %s; " LTTNG_KNOWN,
		session);
}

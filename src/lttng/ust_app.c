/* SPDX-License-Identifier: MIT */
/* See ust_app.h. */
#include "lttng/ust_app.h"

#include "lttng/request.h"

#include <lttng/lttng.h>
#include <stdlib.h>
#include <string.h>

static int has_awaits(const struct lttng_event *events, int count, pid_t pid)
{
	for (int i = 0; i < count; i++)
		if (events[i].pid == pid &&
		    strncmp(events[i].name, "await:", strlen("await:")) == 0)
			return 1;
	return 0;
}

static int look_up(void *data, struct trouble *why)
{
	const pid_t *pid = data;
	struct lttng_domain domain = { .type = LTTNG_DOMAIN_UST };
	struct lttng_handle *handle = lttng_create_handle(NULL, &domain);
	struct lttng_event *events = NULL;
	int count = handle ? lttng_list_tracepoints(handle, &events) :
			     -LTTNG_ERR_NOMEM;
	int found = has_awaits(events, count, *pid);

	if (count >= 0)
		free(events);
	lttng_destroy_handle(handle);
	if (count >= 0)
		return found;
	return trouble(why,
		       "cannot ask LTTng for tracepoints: %s; is "
		       "lttng-sessiond 2.13 or later, and yours?",
		       lttng_strerror(count));
}

int ust_app_is_registered(const struct lttng_host *host, pid_t pid,
			  struct trouble *why)
{
	const struct lttng_request request = { .run = look_up, .data = &pid };

	return lttng_request(host, &request, why);
}

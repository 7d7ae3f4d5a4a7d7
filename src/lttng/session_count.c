/* SPDX-License-Identifier: MIT */
/* See session_count.h. */
#include "lttng/session_count.h"

#include <lttng/lttng.h>
#include <stdlib.h>
#include <string.h>

int session_count(const char *name, struct trouble *why)
{
	struct lttng_session *sessions = NULL;
	int count = lttng_list_sessions(&sessions), others = 0;

	for (int i = 0; i < count; i++)
		if (!name || strcmp(sessions[i].name, name) != 0)
			others++;
	free(sessions);
	return count < 0 ? trouble(why, "cannot list LTTng's sessions: %s",
				   lttng_strerror(count)) :
			   others;
}

/* SPDX-License-Identifier: MIT */
/* See attach_session.h. */
#include "awaitctl/record/attach_session.h"

#include "awaitctl/common/say.h"
#include "awaitctl/record/dry_run.h"
#include "lttng/session.h"
#include "lttng/session_extend.h"

int attach_session(const struct record_options *options,
		   const struct lttng_host *host, struct trouble *why)
{
	struct channels_options channels = options->channels;
	const char *name = options->session;
	struct session_found there = { 0 };
	int found = session_find(host, name, &there, why);

	if (found < 0)
		return -1;
	channels.snapshot = there.snapshot;
	if (options->dry_run)
		return dry_run_session(&channels, name, why);
	if (!found)
		return trouble(why,
			       "there is no session %s of LTTng: see `lttng "
			       "list`, or make it with `lttng create`",
			       name);
	if (channels.snapshot && channels.blocking)
		return trouble(why,
			       "session %s overwrites what is old, so there "
			       "is nothing to wait for: leave out --blocking",
			       name);
	if (session_extend(host, name, &channels, why))
		return -1;
	say("session %s records awaits; next: lttng start %s", name, name);
	return 0;
}

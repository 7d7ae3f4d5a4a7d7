/* SPDX-License-Identifier: MIT */
/* See attach_session.h. */
#include "awaitctl/record/attach_session.h"

#include "awaitctl/record/dry_run.h"
#include "awaitctl/common/say.h"
#include "lttng/session.h"
#include "lttng/request.h"

#include <lttng/lttng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What LTTng says of the session called name; false if there is none. */
static bool find(struct lttng_session *found, const char *name)
{
	struct lttng_session *sessions = NULL;
	int count = lttng_list_sessions(&sessions);
	bool there = false;

	for (int i = 0; i < count && !there; i++) {
		there = strcmp(sessions[i].name, name) == 0;
		if (there)
			*found = sessions[i];
	}
	free(sessions);
	return there;
}

static bool has_awaits(struct lttng_handle *handle)
{
	struct lttng_channel *channels = NULL;
	int count = lttng_list_channels(handle, &channels);
	bool has = false;

	for (int i = 0; i < count; i++)
		has = has || strcmp(channels[i].name, "awaits") == 0;
	free(channels);
	return has;
}

static int add(const struct session *session)
{
	struct lttng_domain domain = { .type = LTTNG_DOMAIN_UST,
				       .buf_type = LTTNG_BUFFER_PER_UID };
	struct lttng_handle *handle =
		lttng_create_handle(session->name, &domain);
	int status = EXIT_FAILED;

	if (!handle)
		say("out of memory");
	else if (has_awaits(handle))
		say("session %s records awaits already", session->name);
	else
		status = channels_enable(handle, &domain, session->options);
	lttng_destroy_handle(handle);
	return status;
}

/* Everything that can fail but for the state of their session. */
static int rehearse(const struct channels_options *options)
{
	struct session session = { .options = options };
	int status;

	snprintf(session.name, sizeof(session.name), "await-try-%d",
		 (int)getpid());
	status = lttng_create_session(session.name, NULL);
	if (status < 0)
		return lttng_failed(status, "cannot make session", session.name,
				    "see `lttng list`");
	status = add(&session);
	lttng_destroy_session_no_wait(session.name);
	return status;
}

static int add_to_found(const struct session *session)
{
	if (session->options->snapshot && session->options->blocking) {
		say("session %s overwrites what is old, so there is nothing to "
		    "wait for: leave out --blocking",
		    session->name);
		return EXIT_FAILED;
	}
	if (rehearse(session->options) || add(session))
		return EXIT_FAILED;
	say("session %s records awaits; next: lttng start %s", session->name,
	    session->name);
	return 0;
}

static int run(void *data)
{
	const struct record_options *options = data;
	struct channels_options channels = options->channels;
	struct session session = { .options = &channels };
	struct lttng_session found = { 0 };
	bool there = find(&found, options->session);

	snprintf(session.name, sizeof(session.name), "%s", options->session);
	channels.snapshot = there && found.snapshot_mode;
	if (options->dry_run)
		return dry_run_session(&channels, options->session);
	if (there)
		return add_to_found(&session);
	say("there is no session %s of LTTng: see `lttng list`, or make it "
	    "with `lttng create`",
	    options->session);
	return EXIT_FAILED;
}

int attach_session(const struct record_options *options)
{
	return lttng_request(LTTNG_REQUEST_S, run, (void *)options,
			     "Continue or end it");
}

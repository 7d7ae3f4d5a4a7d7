/* SPDX-License-Identifier: MIT */
/* See session_extend.h. */
#include "lttng/session_extend.h"

#include "lttng/channels.h"
#include "lttng/channels_check.h"
#include "lttng/failed.h"
#include "lttng/request.h"

#include <lttng/lttng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct extension {
	const char *name;
	const struct channels_options *options;
};

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

static int add(const char *name, const struct channels_options *options,
	       struct trouble *why)
{
	struct lttng_domain domain = { .type = LTTNG_DOMAIN_UST,
				       .buf_type = LTTNG_BUFFER_PER_UID };
	struct lttng_handle *handle = lttng_create_handle(name, &domain);
	int rc;

	if (!handle)
		return trouble(why, "out of memory");
	if (has_awaits(handle))
		rc = trouble(why, "session %s records awaits already", name);
	else if (channels_check_owner(handle, why))
		rc = -1;
	else
		rc = channels_enable(handle, &domain, options, why);
	lttng_destroy_handle(handle);
	return rc;
}

/* Everything that can fail, except for the state of their session. */
static int rehearse(const struct channels_options *options, struct trouble *why)
{
	unsigned long long any;
	char name[32];
	int rc;

	/* In containers that share a home all may be process 1. */
	if (getentropy(&any, sizeof(any)))
		return trouble(why, "the system gives no random numbers");
	snprintf(name, sizeof(name), "await-try-%016llx", any);
	rc = lttng_create_session(name, NULL);
	if (rc < 0)
		return lttng_failed(why, rc, "cannot make session", name,
				    "see `lttng list`");
	rc = add(name, options, why);
	lttng_destroy_session_no_wait(name);
	return rc;
}

static int extend(void *data, struct trouble *why)
{
	const struct extension *extension = data;

	if (rehearse(extension->options, why))
		return -1;
	return add(extension->name, extension->options, why);
}

int session_extend(const struct lttng_host *host, const char *name,
		   const struct channels_options *options, struct trouble *why)
{
	struct extension extension = { name, options };
	const struct lttng_request request = { .run = extend,
					       .data = &extension };

	return lttng_request(host, &request, why);
}

/* SPDX-License-Identifier: MIT */
/* See registration.h. LTTng-UST compares the major version of its providers,
 * LTTNG_UST_PROVIDER_MAJOR in its headers: 3 in 2.13 to 2.15, 4 in 2.16. */
#define _GNU_SOURCE /* dladdr */
#include "registration.h"

#include "common/export.h"

#include <dlfcn.h>
#include <stdio.h>

/* What is here calls LTTng's own functions. */
#undef lttng_ust_probe_register
#undef lttng_ust_probe_unregister

/* Stands for what a refused provider does not get. */
static char refused;

static const char *trouble;

static bool is_taken(uint32_t major)
{
	static const struct lttng_ust_event_desc *const none[] = { NULL };
	const struct lttng_ust_probe_desc desc = {
		.struct_size = sizeof(desc),
		.provider_name = "await_version",
		.event_desc = none,
		.major = major,
	};
	struct lttng_ust_registered_probe *registered =
		lttng_ust_probe_register(&desc);

	if (registered)
		lttng_ust_probe_unregister(registered);
	return registered != NULL;
}

static const char *library_path(void)
{
	Dl_info info;

	return dladdr((void *)(uintptr_t)lttng_ust_probe_register, &info) &&
			       info.dli_fname ?
		       info.dli_fname :
		       "liblttng-ust.so.1";
}

/* The versions are not to be had from LTTng-UST: it is tried out which it
 * takes. */
static const char *explain(const struct lttng_ust_probe_desc *desc)
{
	static char text[1024];
	uint32_t newest = desc->major;

	while (newest && !is_taken(newest))
		newest--;
	if (newest == desc->major)
		snprintf(text, sizeof(text),
			 "%s does not take the tracer's events, which were "
			 "built for LTTng-UST " LTTNG_UST_VERSION
			 ": build libawait where its programs run",
			 library_path());
	else
		snprintf(text, sizeof(text),
			 "the tracer was built for LTTng-UST " LTTNG_UST_VERSION
			 " (provider version %u), but %s takes versions up to "
			 "%u%s: build libawait where its programs run, or "
			 "upgrade LTTng-UST there",
			 desc->major, library_path(), newest,
			 newest == 3 ? ", as LTTng-UST 2.13 to 2.15 do" : "");
	return text;
}

struct lttng_ust_registered_probe *
registration_begin(const struct lttng_ust_probe_desc *desc)
{
	struct lttng_ust_registered_probe *registered =
		lttng_ust_probe_register(desc);

	if (registered)
		return registered;
	trouble = explain(desc);
	return (struct lttng_ust_registered_probe *)(void *)&refused;
}

void registration_end(struct lttng_ust_registered_probe *registered)
{
	if ((void *)registered != &refused)
		lttng_ust_probe_unregister(registered);
}

EXPORT const char *await_lttng_trouble(void)
{
	return trouble;
}

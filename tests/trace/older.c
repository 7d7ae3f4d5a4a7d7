/* SPDX-License-Identifier: MIT */
/*
 * Preloaded, it stands for an LTTng-UST that is older than the one the tracer
 * was built for: it refuses providers of the tracer whose major version is that
 * of the headers, and takes those of the one before. See test_absent.py.
 */
#define _GNU_SOURCE /* RTLD_NOLOAD */
#include <lttng/ust-events.h>

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

static char taken;

static void *real(const char *name)
{
	return dlsym(dlopen("liblttng-ust.so.1", RTLD_LAZY | RTLD_NOLOAD),
		     name);
}

/* LTTng's own providers come through here, too. */
struct lttng_ust_registered_probe *
lttng_ust_probe_register(const struct lttng_ust_probe_desc *desc)
{
	struct lttng_ust_registered_probe *(*next)(
		const struct lttng_ust_probe_desc *);

	if (strncmp(desc->provider_name, "await", strlen("await")) == 0)
		return desc->major < LTTNG_UST_PROVIDER_MAJOR ? (void *)&taken :
								NULL;
	*(void **)&next = real("lttng_ust_probe_register");
	return next(desc);
}

void lttng_ust_probe_unregister(struct lttng_ust_registered_probe *registered)
{
	void (*next)(struct lttng_ust_registered_probe *);

	if ((void *)registered == &taken)
		return;
	*(void **)&next = real("lttng_ust_probe_unregister");
	next(registered);
}

/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into awaitctl, it makes LTTng look like 2.14, whose session daemon
 * must not be asked for a channel `metadata`: who asks is ended by a signal.
 * See test_otherwise.py.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <lttng/lttng.h>
#include <stdlib.h>
#include <string.h>

/* Newer headers declare it; see otherwise.c. */
int new_in_2_14(void *channel,
		int policy) __asm__("lttng_channel_set_allocation_policy");
int instead_enable_channel(
	struct lttng_handle *handle,
	struct lttng_channel *channel) __asm__("lttng_enable_channel");

/* Where it is LTTng's own, that calls it, too. */
int new_in_2_14(void *channel, int policy)
{
	int (*next)(void *, int);

	*(void **)&next =
		dlsym(RTLD_NEXT, "lttng_channel_set_allocation_policy");
	return next ? next(channel, policy) : -1;
}

int instead_enable_channel(struct lttng_handle *handle,
			   struct lttng_channel *channel)
{
	int (*next)(struct lttng_handle *, struct lttng_channel *);

	*(void **)&next = dlsym(RTLD_NEXT, "lttng_enable_channel");
	if (strcmp(channel->name, "metadata") == 0)
		abort();
	return next(handle, channel);
}

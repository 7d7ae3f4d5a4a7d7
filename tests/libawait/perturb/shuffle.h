/* SPDX-License-Identifier: MIT */
/* What tests of LIBAWAIT_PERTURB=shuffle share: an await whose run they hold
 * up, and a seed with which another thread runs the first await. */
#pragma once

#include "perturb.h"

#include <semaphore.h>

static sem_t inside, go_on;

__attribute__((unused)) static intptr_t joined(pthread_t thread)
{
	void *rc;

	CHECK(pthread_join(thread, &rc) == 0);
	return (intptr_t)rc;
}

static int patient(int *out, int n)
{
	add(&runs, 1);
	sem_post(&inside);
	sem_wait(&go_on);
	*out = n;
	return 0;
}
AWAITABLE(int, patient, (int, n, let_go, hold));

__attribute__((unused)) static void forty_nested_awaits(void)
{
	await_sink_add(&printer);
	for (int i = 0; i < 40; i++) {
		await_int *aw = awaitable(outer, i);

		CHECK(await_get(aw) == i && count(&held) == 0);
		await_unref(aw);
	}
	await_sink_remove(&printer);
}

/* Prints that the wait blocks if another thread runs the await. */
__attribute__((unused)) static void the_first_wait_only(void)
{
	struct await_sink sink = { print_event,
				   AWAIT_EVENT_BIT(AWAIT_EVENT_BLOCK_BEGIN),
				   NULL };

	await_sink_add(&sink);
	shared = awaitable(fetch, 1);
	CHECK(await_get(shared) == 1);
}

static void perturb_seed(int seed, const char *mode)
{
	char options[40];

	snprintf(options, sizeof(options), "shuffle=%d", seed);
	perturb(options, mode);
}

/* A seed with which another thread runs the first await. */
__attribute__((unused)) static int handing_seed(void)
{
	for (int seed = 1; seed < 30; seed++) {
		perturb_seed(seed, "the_first_wait_only");
		if (text[0] != '\0')
			return seed;
	}
	fail();
	return 0;
}

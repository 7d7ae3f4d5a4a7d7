/* SPDX-License-Identifier: MIT */
/* AWAIT_STATIC under LIBAWAIT_PERTURB: it is perturbed as any await is, but not
 * before the global holds it, which its function may use. */
#define _GNU_SOURCE
#include "perturb.h"

#include <await/inspect.h>

static int load(int *out, int n);
AWAITABLE(int, load, (int, n));
AWAIT_STATIC(seven, load, 7);

/* Refused by itself, wherever it runs. */
static int load(int *out, int n)
{
	add(&runs, 1);
	*out = n;
	return await_wait(seven(), NULL) == -EDEADLK ? 0 : -EINVAL;
}

AWAIT_STATIC(fetched, fetch, 3);

static void runs_as_it_is_made(void)
{
	CHECK(await_state(seven()) == AWAIT_RESOLVED && count(&runs) == 1);
	CHECK(await_get(seven()) == 7 && count(&runs) == 1);
	await_static_reset(seven);
	CHECK(await_get(seven()) == 7 && count(&runs) == 2);
}

static void fails_once(void)
{
	CHECK(await_wait(fetched(), NULL) == -EIO);
	CHECK(await_wait(fetched(), NULL) == 0 && count(&runs) == 1);
	CHECK(await_attempts(fetched()) == 2 && count(&held) == 0);
}

enum { MOST = 4 };
static pthread_barrier_t go;

static void *use_all(void *unused)
{
	pthread_barrier_wait(&go);
	CHECK(await_get(seven()) == 7);
	CHECK(await_get(fetched()) == 3);
	return unused;
}

static void used_by_many(void)
{
	pthread_t threads[MOST];

	pthread_barrier_init(&go, NULL, MOST);
	for (int i = 0; i < MOST; i++)
		CHECK(pthread_create(&threads[i], NULL, use_all, NULL) == 0);
	for (int i = 0; i < MOST; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	CHECK(count(&runs) == 2);
	await_static_reset(seven);
	await_static_reset(fetched);
	CHECK(count(&held) == 0);
}

static const struct mode modes[] = {
	MODE(runs_as_it_is_made),
	MODE(fails_once),
	MODE(used_by_many),
};

static void eager(void **state)
{
	(void)state;
	perturb("eager", "runs_as_it_is_made");
	assert_string_equal(text, "");
	perturb("eager", "used_by_many");
}

static void a_run_that_fails(void **state)
{
	(void)state;
	perturb("fail-nth=1", "fails_once");
	assert_non_null(strstr(text, "run 1, #1 fetch: fails with -EIO"));
}

static void others_run_it(void **state)
{
	char options[32];

	(void)state;
	for (int seed = 1; seed <= 20; seed++) {
		snprintf(options, sizeof(options), "shuffle=%d", seed);
		perturb(options, "used_by_many");
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eager),
		cmocka_unit_test(a_run_that_fails),
		cmocka_unit_test(others_run_it),
	};

	main_tid = gettid();
	if (argc > 1)
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	alarm(120);
	return cmocka_run_group_tests_name("statics", tests, NULL, NULL);
}

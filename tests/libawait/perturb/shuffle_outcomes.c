/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_PERTURB=shuffle: values, errors, cycles and deadlines are the same
 * whichever thread runs. */
#define _GNU_SOURCE
#include "shuffle.h"

static int wait_for_shared(int *out)
{
	return await_wait(shared, out);
}
AWAITABLE(int, wait_for_shared);

static int drop_shared(int *out)
{
	*out = 1;
	await_unref(shared);
	return 0;
}
AWAITABLE(int, drop_shared);

/* --- rings --- */

static await_int *ring[20];
static atomic_int refused;
static pthread_barrier_t entered;
static unsigned in_ring; /* threads that enter it; 0: one goes round */

static int step(int *out, int next)
{
	int rc;

	if (in_ring != 0)
		pthread_barrier_wait(&entered);
	rc = await_wait(ring[next], NULL);
	*out = next;
	if (rc != -EDEADLK)
		return rc;
	add(&refused, 1);
	dprintf(STDERR_FILENO, "refused at %d\n", next);
	return 0;
}
AWAITABLE(int, step, (int, next));

static void make_ring(int size)
{
	for (int i = 0; i < size; i++)
		ring[i] = awaitable(step, (i + 1) % size);
	set(&refused, 0);
}

static void drop_ring(int size)
{
	CHECK(count(&refused) == 1);
	for (int i = 0; i < size; i++) {
		CHECK(await_state(ring[i]) == AWAIT_RESOLVED);
		CHECK(await_attempts(ring[i]) == 1);
		await_unref(ring[i]);
	}
}

/* The last member's wait is refused, as it is without other threads. */
static void rings_of_one_thread(void)
{
	for (int size = 1; size <= 20; size++) {
		make_ring(size);
		CHECK(await_wait(ring[0], NULL) == 0);
		drop_ring(size);
	}
}

static void rings_of_threads(void)
{
	pthread_t threads[20];

	for (int size = 1; size <= 20; size++) {
		in_ring = (unsigned)size;
		pthread_barrier_init(&entered, NULL, in_ring);
		make_ring(size);
		for (int i = 0; i < size; i++)
			threads[i] = thread_that_waits(ring[i]);
		for (int i = 0; i < size; i++)
			CHECK(joined(threads[i]) == 0);
		drop_ring(size);
		pthread_barrier_destroy(&entered);
	}
}

/* --- outcomes --- */

static void *resolve_shared(void *unused)
{
	while (await_state(shared) != AWAIT_PENDING)
		sched_yield();
	CHECK(await_resolve(shared, 9) == 0);
	return unused;
}

/* What the last event of a wait on this thread says that it returns. */
static __thread int said;

static void note_end(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	said = event->error;
}

static struct await_sink ends = {
	.event = note_end,
	.events = AWAIT_EVENT_BIT(AWAIT_EVENT_HIT) |
		  AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_END) |
		  AWAIT_EVENT_BIT(AWAIT_EVENT_WAIT_END),
};

/* Waits, which is told as it is. */
static int told(await_int *aw)
{
	int rc;

	said = 1;
	rc = await_wait(aw, NULL);
	CHECK(said == rc);
	return rc;
}

static void every_outcome(void)
{
	await_int *aw;
	pthread_t thread;

	CHECK(await_sink_add(&ends) == 0);
	for (int i = 0; i < 8; i++) {
		set(&runs, 0);
		aw = awaitable(flaky);
		CHECK(told(aw) == -EAGAIN && count(&runs) == 1);
		CHECK(await_get(aw) == 5 && count(&runs) == 2);
		await_unref(aw);
		set(&runs, 0);
		aw = awaitable(sticky);
		for (int j = 0; j < 3; j++)
			CHECK(told(aw) == -ENOENT);
		CHECK(count(&runs) == 1);
		await_unref(aw);
		aw = awaitable(fetch, 1);
		CHECK(await_cancel(aw) == 0 && count(&held) == 0);
		CHECK(told(aw) == -ECANCELED);
		await_unref(aw);
		shared = await_promise(int);
		aw = awaitable(wait_for_shared);
		pthread_create(&thread, NULL, resolve_shared, NULL);
		CHECK(await_get(aw) == 9);
		pthread_join(thread, NULL);
		await_unref(aw);
		await_unref(shared);
		shared = awaitable(drop_shared);
		CHECK(told(shared) == -ECANCELED);
	}
	CHECK(await_sink_remove(&ends) == 0);
}

/* With this seed another thread runs the first await. */
static void a_deadline_passes(void)
{
	await_int *aw = awaitable(patient, 6), *other = awaitable(patient, 7);
	struct timespec soon = from_now(5);

	CHECK(await_wait_until(aw, NULL, &soon) == -ETIMEDOUT);
	sem_wait(&inside);
	CHECK(await_state(aw) == AWAIT_RUNNING && await_cancel(aw) == -EBUSY);
	sem_post(&go_on);
	CHECK(await_get(aw) == 6 && await_attempts(aw) == 1);
	await_unref(aw);
	/* The next that another thread runs is dropped meanwhile. */
	for (;;) {
		sem_post(&go_on);
		if (await_wait_until(other, NULL, &soon) == -ETIMEDOUT)
			break;
		sem_wait(&inside);
		await_unref(other);
		other = awaitable(patient, 8);
	}
	await_unref(other);
	while (count(&held) != 0)
		sched_yield();
}

static const struct mode modes[] = {
	MODE(the_first_wait_only), MODE(rings_of_one_thread),
	MODE(rings_of_threads),	   MODE(every_outcome),
	MODE(a_deadline_passes),
};

/* --- tests --- */

static void one_wait_of_a_ring_is_refused(void **state)
{
	char *once;

	(void)state;
	perturb("", "rings_of_one_thread");
	once = strdup(text);
	for (int seed = 1; seed <= 8; seed++) {
		perturb_seed(seed, "rings_of_one_thread");
		assert_string_equal(text, once);
		perturb_seed(seed, "rings_of_threads");
	}
	free(once);
}

static void outcomes_are_what_they_were(void **state)
{
	(void)state;
	perturb("", "every_outcome");
	for (int seed = 1; seed <= 4; seed++)
		perturb_seed(seed, "every_outcome");
}

static void deadlines_hold(void **state)
{
	(void)state;
	perturb_seed(handing_seed(), "a_deadline_passes");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_wait_of_a_ring_is_refused),
		cmocka_unit_test(outcomes_are_what_they_were),
		cmocka_unit_test(deadlines_hold),
	};

	sem_init(&inside, 0, 0);
	sem_init(&go_on, 0, 0);
	if (argc > 1) {
		main_tid = gettid();
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	}
	alarm(150);
	return cmocka_run_group_tests_name("shuffle_outcomes", tests, NULL,
					   NULL);
}

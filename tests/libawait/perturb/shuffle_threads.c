/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_PERTURB=shuffle: which thread runs, and that nothing else changes.
 */
#define _GNU_SOURCE
#include "perturb.h"

#include <semaphore.h>

/* The thread sanitizer has none of it. */
#ifdef __SANITIZE_THREAD__
#define FORKED_MAY_MAKE_THREADS 0
#else
#define FORKED_MAY_MAKE_THREADS 1
#endif

static sem_t inside, go_on;

static intptr_t joined(pthread_t thread)
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

static void many(void)
{
	await_sink_add(&printer);
	for (int i = 0; i < 40; i++) {
		await_int *aw = awaitable(outer, i);

		CHECK(await_get(aw) == i && count(&held) == 0);
		await_unref(aw);
	}
	await_sink_remove(&printer);
}

/* Exits with 1 if the first wait was handed over. */
static void first(void)
{
	struct await_sink sink = { print_event,
				   AWAIT_EVENT_BIT(AWAIT_EVENT_BLOCK_BEGIN),
				   NULL };

	await_sink_add(&sink);
	shared = awaitable(fetch, 1);
	CHECK(await_get(shared) == 1);
}

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

/* Refused where it is without other threads: at the last member's wait. */
static void rings(void)
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

static void outcomes(void)
{
	await_int *aw;
	pthread_t thread;

	for (int i = 0; i < 8; i++) {
		set(&runs, 0);
		aw = awaitable(flaky);
		CHECK(await_wait(aw, NULL) == -EAGAIN && count(&runs) == 1);
		CHECK(await_get(aw) == 5 && count(&runs) == 2);
		await_unref(aw);
		set(&runs, 0);
		aw = awaitable(sticky);
		for (int j = 0; j < 3; j++)
			CHECK(await_wait(aw, NULL) == -ENOENT);
		CHECK(count(&runs) == 1);
		await_unref(aw);
		aw = awaitable(fetch, 1);
		CHECK(await_cancel(aw) == 0 && count(&held) == 0);
		CHECK(await_wait(aw, NULL) == -ECANCELED);
		await_unref(aw);
		shared = await_promise(int);
		aw = awaitable(wait_for_shared);
		pthread_create(&thread, NULL, resolve_shared, NULL);
		CHECK(await_get(aw) == 9);
		pthread_join(thread, NULL);
		await_unref(aw);
		await_unref(shared);
		shared = awaitable(drop_shared);
		CHECK(await_wait(shared, NULL) == -ECANCELED);
	}
}

/* The seed hands the first wait over. */
static void deadline(void)
{
	await_int *aw = awaitable(patient, 6), *other = awaitable(patient, 7);
	struct timespec soon = from_now(5);

	CHECK(await_wait_until(aw, NULL, &soon) == -ETIMEDOUT);
	sem_wait(&inside);
	CHECK(await_state(aw) == AWAIT_RUNNING && await_cancel(aw) == -EBUSY);
	sem_post(&go_on);
	CHECK(await_get(aw) == 6 && await_attempts(aw) == 1);
	await_unref(aw);
	/* The next to be handed over is dropped while it runs. */
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

/* --- threads --- */

static atomic_int handled_by;

static void on_usr1(int unused)
{
	(void)unused;
	set(&handled_by, gettid());
}

static int signals(int *out)
{
	sigset_t mask;

	*out = gettid();
	pthread_sigmask(SIG_BLOCK, NULL, &mask);
	CHECK(sigismember(&mask, SIGUSR1) == (*out != main_tid));
	CHECK(sigismember(&mask, SIGSEGV) == 0);
	return kill(getpid(), SIGUSR1);
}
AWAITABLE(int, signals);

/* The seed hands the first wait over. */
static void threads_are_harmless(void)
{
	signal(SIGUSR1, on_usr1);
	for (int i = 0; i < 20; i++) {
		await_int *aw = awaitable(signals);
		pid_t tid = await_get(aw);

		CHECK(i != 0 || tid != main_tid);
		CHECK(atomic_exchange_explicit(&handled_by, 0,
					       memory_order_acq_rel) ==
		      main_tid);
		/* It ends; the kernel takes a moment. */
		while (tid != main_tid && tgkill(getpid(), tid, 0) == 0)
			sched_yield();
		await_unref(aw);
	}
}

/* The seed hands the first wait over: here, not the thread's. */
static void forked(void)
{
	pthread_t thread;
	int status;
	pid_t pid;

	shared = awaitable(patient, 4);
	thread = thread_that_waits(shared);
	sem_wait(&inside);
	pid = fork();
	if (pid == 0) {
		alarm(20);
		CHECK(await_wait(shared, NULL) == -ECHILD);
		set(&held, 0);
		if (FORKED_MAY_MAKE_THREADS)
			many();
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	sem_post(&go_on);
	CHECK(joined(thread) == 0);
}

/* Stacks larger than all memory there is. */
static void without_threads(void)
{
	pthread_attr_t attr;

	CHECK(pthread_attr_init(&attr) == 0);
	CHECK(pthread_attr_setstacksize(&attr, (size_t)1 << 46) == 0);
	CHECK(pthread_setattr_default_np(&attr) == 0);
	many();
}

enum { THREADS = 8, AWAITS = 200 };
static await_int *crowd[AWAITS];

/* Waits for those before it, too; every third fails at first. */
static int member(int *out, int n)
{
	static atomic_int failed[AWAITS];
	int value = 0;

	if (n >= 3 && await_wait(crowd[n - 3], &value) != 0)
		CHECK(await_get(crowd[n - 3]) == n - 3);
	*out = n;
	return n % 3 == 0 && atomic_exchange_explicit(
				     &failed[n], 1, memory_order_acq_rel) == 0 ?
		       -EIO :
		       0;
}
AWAITABLE(int, member, (int, n, let_go, hold));

static void *wait_for_crowd(void *who)
{
	unsigned bits = (unsigned)(uintptr_t)who * 2654435761u;

	for (int i = 0; i < AWAITS; i++) {
		await_int *aw;
		int value = -1, n;

		bits = bits * 1103515245u + 12345;
		n = (int)(bits >> 16) % AWAITS;
		aw = await_ref(crowd[n]);
		CHECK(await_wait(aw, &value) == 0 ? value == n :
						    value == -1 && n % 3 == 0);
		CHECK(await_get(aw) == n);
		await_unref(aw);
	}
	return NULL;
}

static void stress(void)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < AWAITS; i++)
		crowd[i] = awaitable(member, i);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, wait_for_crowd,
			       (void *)(uintptr_t)(i + 1));
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < AWAITS; i++) {
		CHECK(await_get(crowd[i]) == i);
		CHECK(await_attempts(crowd[i]) == 1 + (i % 3 == 0));
		await_unref(crowd[i]);
	}
	CHECK(count(&held) == 0);
}

static const struct mode modes[] = {
	MODE(many),
	MODE(first),
	MODE(rings),
	MODE(rings_of_threads),
	MODE(outcomes),
	MODE(deadline),
	MODE(threads_are_harmless),
	MODE(forked),
	MODE(without_threads),
	MODE(stress),
};

/* --- tests --- */

static void perturb_seed(int seed, const char *mode)
{
	char options[40];

	snprintf(options, sizeof(options), "shuffle=%d", seed);
	perturb(options, mode);
}

/* Waits of main and of outer do not run: nothing is left to shuffle. */
static void eager_is_not_shuffled(void **state)
{
	(void)state;
	for (int seed = 1; seed <= 4; seed++) {
		char options[40];

		snprintf(options, sizeof(options), "eager,shuffle=%d", seed);
		perturb(options, "many");
		assert_non_null(strstr(text, "hit #1 "));
		assert_null(strstr(text, "elsewhere"));
	}
}

static void a_seed_decides(void **state)
{
	char *once;

	(void)state;
	perturb("shuffle=7", "many");
	/* Each that is handed over is waited for, events in between. */
	assert_int_equal(occurrences("begin "), 80);
	assert_in_range(occurrences("block "), 20, 60);
	assert_int_equal(occurrences("block "), occurrences("wake "));
	assert_true(occurrences("elsewhere") >= 2 * occurrences("block "));
	once = strdup(text);
	for (int i = 0; i < 5; i++) {
		perturb("shuffle=7", "many");
		assert_string_equal(text, once);
	}
	perturb("shuffle=8", "many");
	assert_string_not_equal(text, once);
	free(once);
}

static void a_seed_is_printed(void **state)
{
	unsigned long seed;
	char *once, *end;

	(void)state;
	perturb("shuffle", "many");
	assert_ptr_equal(strstr(text, "await: LIBAWAIT_PERTURB: shuffle="),
			 text);
	seed = strtoul(strchr(text, '=') + 1, &end, 10);
	assert_int_equal(*end, '\n');
	assert_in_range(seed, 0, 999999);
	once = strdup(end + 1);
	perturb_seed((int)seed, "many");
	assert_string_equal(text, once);
	free(once);
}

/* A seed that hands the first wait over. */
static int handing_seed(void)
{
	for (int seed = 1; seed < 30; seed++) {
		perturb_seed(seed, "first");
		if (text[0] != '\0')
			return seed;
	}
	fail();
	return 0;
}

static void one_wait_of_a_ring_is_refused(void **state)
{
	char *once;

	(void)state;
	perturb("", "rings");
	once = strdup(text);
	for (int seed = 1; seed <= 8; seed++) {
		perturb_seed(seed, "rings");
		assert_string_equal(text, once);
		perturb_seed(seed, "rings_of_threads");
	}
	free(once);
}

static void outcomes_are_what_they_were(void **state)
{
	(void)state;
	perturb("", "outcomes");
	for (int seed = 1; seed <= 4; seed++)
		perturb_seed(seed, "outcomes");
}

static void deadlines_hold(void **state)
{
	(void)state;
	perturb_seed(handing_seed(), "deadline");
}

static void threads_disturb_nobody(void **state)
{
	(void)state;
	perturb_seed(handing_seed(), "threads_are_harmless");
	perturb_seed(handing_seed(), "forked");
}

static void no_thread_is_no_failure(void **state)
{
	(void)state;
	perturb("shuffle=7", "without_threads");
	assert_int_equal(occurrences("begin "), 80);
	assert_int_equal(occurrences("elsewhere"), 0);
}

static void many_threads_are_shuffled(void **state)
{
	(void)state;
	for (int seed = 1; seed <= 5; seed++)
		perturb_seed(seed, "stress");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eager_is_not_shuffled),
		cmocka_unit_test(a_seed_decides),
		cmocka_unit_test(a_seed_is_printed),
		cmocka_unit_test(one_wait_of_a_ring_is_refused),
		cmocka_unit_test(outcomes_are_what_they_were),
		cmocka_unit_test(deadlines_hold),
		cmocka_unit_test(threads_disturb_nobody),
		cmocka_unit_test(no_thread_is_no_failure),
		cmocka_unit_test(many_threads_are_shuffled),
	};

	sem_init(&inside, 0, 0);
	sem_init(&go_on, 0, 0);
	if (argc > 1) {
		main_tid = gettid();
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	}
	alarm(150);
	return cmocka_run_group_tests_name("shuffle_threads", tests, NULL,
					   NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * Out of memory: a child does one of everything that requests memory, while
 * LIBAWAIT_DEBUG=fail-alloc=N refuses the Nth request, or that and all later
 * ones, for each N that there is. Whatever is refused returns its error; what
 * was there before is there still, what was the caller's is the caller's, and
 * the same again works once there is memory.
 */
#define _GNU_SOURCE
#include "unit.h"

#include "child.h"

#include <await/inspect.h>

#include <pthread.h>
#include <sys/personality.h>

struct medium {
	char bytes[2000];
};
struct huge {
	char bytes[1 << 20];
};
AWAIT_TYPE(int, int);
AWAIT_TYPE(medium, struct medium);
AWAIT_TYPE(huge, struct huge);

static atomic_int references;

static int take(int object)
{
	atomic_fetch_add_explicit(&references, 1, memory_order_relaxed);
	return object;
}

static void give(int object)
{
	(void)object;
	atomic_fetch_sub_explicit(&references, 1, memory_order_relaxed);
}

static int number(int object)
{
	return object + 1;
}
AWAITABLE_VALUE(int, number, (int, object, give, take));

static int fill_medium(struct medium *out, int with)
{
	memset(out->bytes, with, sizeof(out->bytes));
	return 0;
}
AWAITABLE(medium, fill_medium, (int, with, give, take));

static int fill_huge(struct huge *out, int with)
{
	memset(out->bytes, with, sizeof(out->bytes));
	return 0;
}
AWAITABLE(huge, fill_huge, (int, with, give, take));
AWAIT_STATIC(lazy, fill_huge, 's');

static int count(void)
{
	return atomic_load_explicit(&references, memory_order_relaxed);
}

/* How often something was refused. */
static int refused;

/* aw, which create is to have made with one more reference, or with none. */
#define TRY(aw, create)                                                        \
	do {                                                                   \
		int before_ = count();                                         \
		(aw) = (create);                                               \
		CHECK(count() == before_ + ((aw) != NULL));                    \
		if (!(aw))                                                     \
			refused++;                                             \
	} while (0)

static void *wait_elsewhere(void *aw)
{
	int value = 0, rc = await_wait((await_int *)aw, &value);

	/* The first use of a thread: there may be no room for it. */
	CHECK(rc == 0 ? value == 4 : rc == -EAGAIN && value == 0);
	return (void *)(intptr_t)rc;
}

/* The first use makes it, or says NULL, and the next one tries again. */
static void use_lazy(void)
{
	int before = count();
	await_huge *aw = lazy();

	if (!aw) {
		refused++;
		CHECK(await_wait(aw, NULL) == -EINVAL);
		CHECK(count() == before);
		aw = lazy();
	}
	CHECK(count() == before + (aw != NULL));
	CHECK(!aw || (AWAIT_FIELD(aw, bytes[7]) == 's' && lazy() == aw));
	await_static_reset(lazy);
	CHECK(count() == before);
}

static void give_name(await_int *aw)
{
	int rc = await_name(aw, "one");

	refused += rc == -ENOMEM;
	CHECK(rc == 0 || rc == -ENOMEM);
	CHECK((await_name_of(aw, NULL, 0) == 3) == (rc == 0));
}

static void use_everything(void)
{
	await_int *one = NULL, *other = NULL;
	await_medium *medium;
	await_huge *huge;
	pthread_t thread;
	void *rc;

	TRY(one, awaitable(number, 1));
	CHECK(!one || await_get(one) == 2);
	if (one)
		give_name(one);
	use_lazy();
	TRY(medium, awaitable(fill_medium, 'm'));
	CHECK(!medium || AWAIT_FIELD(medium, bytes[1999]) == 'm');
	TRY(huge, awaitable(fill_huge, 'h'));
	CHECK(!huge || AWAIT_FIELD(huge, bytes[1 << 19]) == 'h');
	TRY(other, awaitable(number, 3));
	if (other) {
		CHECK(pthread_create(&thread, NULL, wait_elsewhere, other) ==
		      0);
		CHECK(pthread_join(thread, &rc) == 0);
		refused += rc != NULL;
		/* Refused there, it is as it was, and may be run here. */
		CHECK(await_state(other) ==
		      (rc ? AWAIT_PENDING : AWAIT_RESOLVED));
		CHECK(await_get(other) == 4);
	}
	/* What came before is there still. */
	CHECK(!one || await_get(one) == 2);
	CHECK(!medium || AWAIT_FIELD(medium, bytes[0]) == 'm');
	CHECK(!huge || AWAIT_FIELD(huge, bytes[0]) == 'h');
	await_unref(one);
	await_unref(medium);
	await_unref(huge);
	await_unref(other);
	CHECK(count() == 0);
}

/* Exits with how much was refused, plus 100: below are lines of checks. */
enum { BASE = 100 };

static int run_mode(const char *mode)
{
	int first;

	use_everything();
	first = refused;
	if (strcmp(mode, "recovers") == 0) {
		refused = 0;
		use_everything();
		/* Only one request is refused, and that is over. */
		CHECK(first == 0 || refused == 0);
	}
	return BASE + first;
}

/* Refuses each request in turn; returns at how many of them an operation was
 * refused, which is not all: kept arguments are done without. */
static int refuse_each(const char *format, const char *mode)
{
	enum { REQUESTS = 60 };
	char debug[60];
	int seen = 0;

	for (int n = 1; n <= REQUESTS; n++) {
		int status;

		snprintf(debug, sizeof(debug), format, n);
		status = run_again(debug, mode);
		assert_in_range(status, BASE, BASE + 20);
		seen += status > BASE;
		/* The last ones are requests that nobody made. */
		assert_false(n > REQUESTS - 5 && status > BASE);
	}
	return seen;
}

/* Eight as a rule. Where the kernel places slabs on both sides of a multiple of
 * 8 GiB, children make one request more (slab_set.c), which counts or puts
 * others off their numbers. */
static void assert_refused(int seen)
{
	assert_in_range(seen, 5, 10);
}

static void each_request_may_fail(void **state)
{
	(void)state;
	assert_refused(refuse_each("fail-alloc=%d", "recovers"));
	assert_refused(refuse_each("fail-alloc=%d,args", "recovers"));
	assert_refused(
		refuse_each("fail-alloc=%d,args,check,leaks", "recovers"));
}

static void from_each_request_on_all_may_fail(void **state)
{
	(void)state;
	assert_refused(refuse_each("fail-alloc=%d+", "once"));
	refuse_each("fail-alloc=%d+,args", "once");
	refuse_each("fail-alloc=%d+,args,check,leaks", "once");
}

/* There is no memory, from the beginning. */
static void all_requests_may_fail(void **state)
{
	(void)state;
	assert_int_equal(run_again("fail-alloc=1+", "once"), BASE + 5);
	assert_int_equal(run_again("fail-alloc=1+,args,check,leaks", "once"),
			 BASE + 5);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_request_may_fail),
		cmocka_unit_test(from_each_request_on_all_may_fail),
		cmocka_unit_test(all_requests_may_fail),
	};

	if (argc > 1)
		return run_mode(argv[1]);
	/* All children have the same addresses, where that is allowed. */
	personality(ADDR_NO_RANDOMIZE);
	alarm(150);
	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}

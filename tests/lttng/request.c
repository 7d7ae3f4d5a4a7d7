/* SPDX-License-Identifier: MIT */
/* Requests with a limit of time. The last test leaves the process stuck. */
#include "lttng/request.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Relaxed, everywhere: it is a flag that orders nothing. */
static atomic_bool stopping;

static bool stop_requested(void *unused)
{
	(void)unused;
	return atomic_load_explicit(&stopping, memory_order_relaxed);
}

static const struct lttng_host host = { .stop_requested = stop_requested };

static int give_reason(void *data, struct trouble *why)
{
	(void)data;
	return trouble(why, "it failed");
}

static int note_thread(void *data, struct trouble *why)
{
	(void)why;
	*(pthread_t *)data = pthread_self();
	return 7;
}

static int request(int (*run)(void *, struct trouble *), void *data,
		   struct trouble *why)
{
	const struct lttng_request request = { .run = run, .data = data };

	return lttng_request(&host, &request, why);
}

static void result_and_error_come_back(void **state)
{
	struct trouble why = { .text = "old" };
	pthread_t thread = pthread_self();

	(void)state;
	assert_int_equal(request(note_thread, &thread, &why), 7);
	assert_string_equal(why.text, "");
	assert_false(pthread_equal(thread, pthread_self()));
	assert_int_equal(request(give_reason, NULL, &why), -1);
	assert_string_equal(why.text, "it failed");
	assert_false(lttng_is_stuck());
}

struct nested {
	pthread_t outer, inner;
};

static int nest(void *data, struct trouble *why)
{
	struct nested *nested = data;

	nested->outer = pthread_self();
	return request(note_thread, &nested->inner, why);
}

static void nested_is_a_plain_call(void **state)
{
	struct trouble why;
	struct nested nested;

	(void)state;
	assert_int_equal(request(nest, &nested, &why), 7);
	assert_true(pthread_equal(nested.outer, nested.inner));
}

static int never_return(void *data, struct trouble *why)
{
	(void)data;
	trouble(why, "not this");
	atomic_store_explicit(&stopping, true, memory_order_relaxed);
	while (pause())
		continue;
	return 0;
}

/* Once the request runs, the user asks to stop: its 30 seconds become 5. */
static void given_up_once_and_for_all(void **state)
{
	struct trouble why;

	(void)state;
	assert_int_equal(request(never_return, NULL, &why), -1);
	assert_string_equal(why.text,
			    "LTTng does not answer within 5 s: is "
			    "lttng-sessiond stopped? Continue or end it");
	assert_true(lttng_is_stuck());
	assert_int_equal(request(give_reason, NULL, &why), -1);
	assert_string_equal(why.text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(result_and_error_come_back),
		cmocka_unit_test(nested_is_a_plain_call),
		cmocka_unit_test(given_up_once_and_for_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

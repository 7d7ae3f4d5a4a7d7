/* SPDX-License-Identifier: MIT */
/* URLs of relay daemons, filters of triggers, errors of LTTng. */
#include "lttng/failed.h"
#include "lttng/relay.h"
#include "lttng/trigger.h"

#include <lttng/lttng-error.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void relay_urls(void **state)
{
	struct relay_address address = { "collector", 1, 2, 3 };
	char url[RELAY_URL_MAX];

	(void)state;
	relay_url(url, &address);
	assert_string_equal(url, "net://collector:1:2");
	strcpy(address.host, "[::1]");
	relay_url(url, &address);
	assert_string_equal(url, "net6://[::1]:1:2");
}

/* babeltrace2 knows no IPv6. */
static void follow_urls(void **state)
{
	struct relay_address address = { "collector", 1, 2, 3 };
	char url[2 * RELAY_URL_MAX], expected[2 * RELAY_URL_MAX];
	char name[256] = "";

	(void)state;
	gethostname(name, sizeof(name) - 1);
	relay_follow_url(url, &address, "s");
	snprintf(expected, sizeof(expected), "net://collector:3/host/%s/s",
		 name);
	assert_string_equal(url, expected);
	strcpy(address.host, "[::1]");
	relay_follow_url(url, &address, "s");
	snprintf(expected, sizeof(expected), "net://localhost:3/host/%s/s",
		 name);
	assert_string_equal(url, expected);
}

static void check_filter(const char *filter, int vpid, const char *expected)
{
	const struct trigger trigger = { "await:hit", filter };
	char *text = NULL;

	assert_int_equal(trigger_filter(&text, &trigger, vpid), 0);
	if (expected)
		assert_string_equal(text, expected);
	else
		assert_null(text);
	free(text);
}

static void trigger_filters(void **state)
{
	(void)state;
	check_filter(NULL, 0, NULL);
	check_filter(NULL, 12, "$ctx.vpid == 12");
	check_filter("a || b", 0, "a || b");
	check_filter("a || b", 12, "(a || b) && ($ctx.vpid == 12)");
}

static void errors_say_what_to_do(void **state)
{
	struct trouble why;

	(void)state;
	assert_int_equal(lttng_failed(&why, -LTTNG_ERR_NO_SESSIOND,
				      "cannot stop session", "s", "wait"),
			 -1);
	assert_int_equal(strncmp(why.text, "cannot stop session s: ", 23), 0);
	assert_string_equal(why.text + strlen(why.text) - 6, "; wait");
	/* Where the error itself tells what to do. */
	lttng_failed(&why, -LTTNG_ERR_NO_USTCONSUMERD, "cannot stop session",
		     "s", "wait");
	assert_non_null(
		strstr(why.text, "; its consumer daemon has died: end"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relay_urls),
		cmocka_unit_test(follow_urls),
		cmocka_unit_test(trigger_filters),
		cmocka_unit_test(errors_say_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

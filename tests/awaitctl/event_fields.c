/* SPDX-License-Identifier: MIT */
/* The names of fields in a filter: what is one, and which events have it. */
#include "awaitctl/record/event_fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static size_t find(const char *name)
{
	return event_fields_find(name, strlen(name));
}

static void events_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < PROVIDER_EVENTS; i++)
		assert_int_equal(
			find(provider_events[i].name + strlen("await:")), i);
	assert_int_equal(find("creat"), PROVIDER_EVENTS);
	assert_int_equal(find("creates"), PROVIDER_EVENTS);
	assert_int_equal(find("await:create"), PROVIDER_EVENTS);
	assert_int_equal(find(""), PROVIDER_EVENTS);
}

/* missing: the first name that is no field of await:create, or NULL. */
static void check(const char *filter, const char *missing)
{
	size_t length = 0;
	const char *name =
		event_fields_lacking(find("create"), filter, &length);

	if (!missing) {
		assert_null(name);
		return;
	}
	assert_non_null(name);
	assert_int_equal(length, strlen(missing));
	assert_int_equal(strncmp(name, missing, length), 0);
}

static void fields_of_an_event(void **state)
{
	(void)state;
	check("", NULL);
	check("id == 1 && line > 7", NULL);
	check("id == 1 && error > 7", "error");
	check("lin == 7", "lin");
	check("lines == 7", "lines");
	check("(!function)||error", "error");
	check("id==state", "state");
}

static void what_is_no_field(void **state)
{
	(void)state;
	check("function == \"error\"", NULL);
	check("function == \"say \\\"error\\\"\" && waiter", "waiter");
	check("function == 'error", NULL);
	check("function == \"error\\", NULL);
	check("$ctx.vpid == 3 && $app.state:error == 4", NULL);
	check("id == 0xff || line == 10ul", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_by_name),
		cmocka_unit_test(fields_of_an_event),
		cmocka_unit_test(what_is_no_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

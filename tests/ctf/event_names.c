/* SPDX-License-Identifier: MIT */
/* What metadata calls the events of a stream. */
#include "make.h"

#include "ctf/metadata_layout.h"

#define EVENT(id, stream, name)                                                \
	"\nevent {\n" name "\tid = " id ";\n\tstream_id = " stream             \
	";\n\tfields := struct {\n\t};\n};\n"
#define LONG                                                                   \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"                                     \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define NAME(is) "\tname = \"" is "\";\n"

static bool is_a(const char *event)
{
	return *event == 'a';
}

static bool is_nameless(const char *event)
{
	return *event == '\0';
}

static void events_of_a_stream_have_names(void **state)
{
	static const char text[] =
		EVENT("0", "0", NAME("ab")) EVENT("7", "0", NAME("a:c"))
			EVENT("0", "1", NAME("ab")) EVENT("1", "1", NAME("b"))
				EVENT("0", "2", "") EVENT("1", "2", NAME(LONG));
	struct event_layouts *some = event_layouts_parse(text);

	(void)state;
	assert_non_null(some);
	assert_true(stream_layout_all_are(event_layouts_stream(some, 0), is_a));
	assert_false(
		stream_layout_all_are(event_layouts_stream(some, 1), is_a));
	assert_true(stream_layout_all_are(event_layouts_stream(some, 2),
					  is_nameless));
	event_layouts_free(some);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_of_a_stream_have_names),
	};

	return cmocka_run_group_tests_name("event_names", tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* The languages that metadata may have say the same of events. */
#include "make.h"

#include "ctf/event_size.h"

#include <stdio.h>

static void each_language_says_the_same(void **state)
{
	const char *const languages[] = { make_metadata, make_metadata_later,
					  make_metadata_ctf_2() };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct event_layouts *layouts =
			event_layouts_parse(languages[i]);
		const struct made_event made = { .time = 77,
						 .thread = 4322,
						 .stack = 3 };
		const struct stream_layout *stream;
		struct sized_event event;
		char bytes[256];
		size_t size = make_event(bytes, &made);

		assert_non_null(layouts);
		stream = event_layouts_stream(layouts, 0);
		assert_non_null(stream);
		assert_null(event_layouts_stream(layouts, 1));
		assert_non_null(stream_layout_event(stream, 0));
		assert_null(stream_layout_event(stream, 1));
		assert_true(event_size_measure(stream, bytes, sizeof(bytes), 70,
					       &event));
		assert_int_equal(event.size, size);
		assert_int_equal(event.pid, MAKE_PID);
		assert_int_equal(event.thread, 4322);
		assert_int_equal(event_size_least(stream), 6 + 8 + 17);
		event_layouts_free(layouts);
	}
}

/* Parses a text with the first `from` in it replaced by `to`. */
static bool is_understood(const char *text, const char *from, const char *to)
{
	const char *found = strstr(text, from);
	struct event_layouts *layouts;
	char changed[8192];

	if (!found)
		fail_msg("%s is not in the text", from);
	snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(found - text),
		 text, to, found + strlen(from));
	layouts = event_layouts_parse(changed);
	event_layouts_free(layouts);
	return layouts;
}

static bool is_monotonic(const char *text)
{
	struct event_layouts *layouts = event_layouts_parse(text);
	bool is;

	assert_non_null(layouts);
	is = event_layouts_clock_is_monotonic(layouts);
	event_layouts_free(layouts);
	return is;
}

static void the_clock_is_known_by_its_name(void **state)
{
	(void)state;
	assert_true(is_monotonic(
		"\nclock {\n\tname = \"monotonic\";\n"
		"\tfreq = 1000000000; /* Hz */\n\toffset = 5;\n};\n"));
	assert_false(is_monotonic("\nclock {\n\tname = \"monotonic2\";\n"
				  "\tfreq = 1000000000;\n\toffset = 5;\n};\n"));
	assert_false(is_monotonic("\nclock {\n\tname = \"monotonic\";\n"
				  "\tfreq = 1000;\n\toffset = 5;\n};\n"));
	assert_false(is_monotonic("\n"));
	assert_true(is_monotonic(
		"\x1e{\"type\": \"clock-class\", \"name\": \"monotonic\", "
		"\"frequency\": 1000000000}\n"));
	assert_false(is_monotonic(
		"\x1e{\"type\": \"clock-class\", "
		"\"name\": \"tsc\", \"frequency\": 1000000000}\n"));
	assert_false(is_monotonic("\x1e{\"type\": \"clock-class\", "
				  "\"frequency\": 1000000000}\n"));
}

struct change {
	const char *from, *to;
};

static void other_headers_are_refused(void **state)
{
	const struct change changes[] = {
		{ "size = 16", "size = 8" },
		{ "size = 32", "size = 27" },
		{ "} timestamp", "} timestamps" },
		{ "} compact", "} compacted" },
		{ "variant <id>", "variant <v>" },
		{ "} v;", "} w;" },
		{ "size = 64", "size = 32" },
		{ "event.header :=", "event.heading :=" },
	};

	(void)state;
	assert_true(is_understood(make_metadata_later, "id = 0", "id = 5"));
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		if (is_understood(make_metadata_later, changes[i].from,
				  changes[i].to))
			fail_msg("understood: %s", changes[i].to);
}

static void other_classes_are_refused(void **state)
{
	const struct change changes[] = {
		{ "\"version\": 2", "\"version\": 3" },
		{ "\"trace-class\"", "\"field-class-alias\"" },
		{ "\"id\": 0", "\"id\": 16" },
		{ "\"id\": 0", "\"id\": -1" },
		{ "\"id\": 0", "\"id\": \"0\"" },
		{ "\"length\": 16", "\"length\": 5" },
		{ "\"length\": 32", "\"length\": 27" },
		{ "\"variant\"", "\"optional\"" },
		{ "\"compact\"", "\"small\"" },
		{ "\"data-stream-class-id\": 0",
		  "\"data-stream-class-id\": 99" },
		{ "\"alignment\": 8, \"length\": 8",
		  "\"alignment\": 64, \"length\": 8" },
		{ "\"alignment\": 8, \"length\": 8",
		  "\"alignment\": 8, \"length\": 7" },
		{ "\"null-terminated-string\"",
		  "\"fixed-length-floating-point-number\"" },
		{ "[\"_stack_length\"]", "[\"odd\"]" },
		{ "[\"_stack_length\"]", "[\"a\", \"_stack_length\"]" },
		{ "\"dynamic-length-array\"", "\"optional\"" },
		{ "\"length\": 17", "\"length\": 0" },
		{ "\"length\": 17", "\"length\": 99999999999999999999" },
		{ "\"payload-field-class\": {",
		  "\"payload-field-class\": 7, \"x\": {" },
		{ "\"payload-field-class\"",
		  "\"specific-context-field-class\"" },
		{ "\"function\"", "\"func\\u0074ion\"" },
		{ "]}}\n", "]}\n" },
	};
	const char *text = make_metadata_ctf_2();

	(void)state;
	assert_true(is_understood(text, "\"id\": 0", "\"id\": 15"));
	assert_true(is_understood(text, "\"data-stream-class-id\": 0, ", ""));
	assert_true(is_understood(text, "\"payload-field-class\"", "\"x\""));
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		if (is_understood(text, changes[i].from, changes[i].to))
			fail_msg("understood: %s", changes[i].to);
}

/* Bytes are in BLOBs, too. */
static void blobs_have_sizes(void **state)
{
	const char *text = make_metadata_ctf_2();
	struct event_layouts *layouts;
	const struct fields_layout *fields;
	char changed[8192], *at;

	(void)state;
	snprintf(changed, sizeof(changed), "%s", text);
	at = strstr(changed, "dynamic-length-array");
	assert_non_null(at);
	memcpy(at, "dynamic-length-blob\" ", strlen("dynamic-length-blob\" "));
	layouts = event_layouts_parse(changed);
	assert_non_null(layouts);
	fields = stream_layout_event(event_layouts_stream(layouts, 0), 0);
	assert_int_equal(fields->fields[3].kind, FIELD_SEQUENCE);
	assert_int_equal(fields->fields[3].size, 1);
	event_layouts_free(layouts);
}

/* Wherever it is cut, and whatever is in it: an end, within the text. */
static void any_text_is_parsed(void **state)
{
	const char *const languages[] = { make_metadata_later,
					  make_metadata_ctf_2() };
	unsigned random = 1;

	(void)state;
	for (int i = 0; i < 2; i++) {
		size_t size = strlen(languages[i]);

		for (size_t cut = 0; cut < size; cut++) {
			/* No byte more, so that a sanitizer sees reads of
			 * more. */
			char *text = strndup(languages[i], cut);

			assert_non_null(text);
			for (int change = 0; cut && change < 3; change++) {
				random = random * 1103515245 + 12345;
				if (change)
					text[(random >> 8) % cut] =
						"{}[]\":,0\\\x1e;x"[random >>
									    24 &
								    7];
			}
			event_layouts_free(event_layouts_parse(text));
			free(text);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_language_says_the_same),
		cmocka_unit_test(the_clock_is_known_by_its_name),
		cmocka_unit_test(other_headers_are_refused),
		cmocka_unit_test(other_classes_are_refused),
		cmocka_unit_test(blobs_have_sizes),
		cmocka_unit_test(any_text_is_parsed),
	};

	return cmocka_run_group_tests_name("metadata", tests, NULL, NULL);
}

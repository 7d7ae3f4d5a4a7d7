/* SPDX-License-Identifier: MIT */
/* What metadata says of events, and how long events are by it. */
#include "make.h"

#include "ctf/event_size.h"

#include <stdio.h>

static struct event_layouts *layouts;
static const struct stream_layout *stream;

static int setup(void **state)
{
	(void)state;
	layouts = event_layouts_parse(make_metadata);
	assert_non_null(layouts);
	stream = event_layouts_stream(layouts, 0);
	assert_non_null(stream);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	event_layouts_free(layouts);
	return 0;
}

static void an_event_has_the_size_of_its_fields(void **state)
{
	char bytes[1024];

	(void)state;
	for (unsigned stack = 0; stack < 9; stack++) {
		const struct made_event made = { .time = 77,
						 .thread = 4322,
						 .stack = stack };
		size_t size = make_event(bytes, &made);
		struct sized_event event;

		assert_true(event_size_measure(stream, bytes, sizeof(bytes), 70,
					       &event));
		assert_int_equal(event.size, size);
		assert_int_equal(event.size, 51 + 8 * stack);
		assert_int_equal(event.time, 77);
		assert_int_equal(event.pid, MAKE_PID);
		assert_int_equal(event.thread, 4322);
	}
}

static void an_event_that_does_not_fit_is_none(void **state)
{
	const struct made_event made = { .time = 1, .stack = 3 };
	struct sized_event event;

	(void)state;
	for (size_t left = 0; left < 51 + 8 * 3; left++) {
		/* No byte more than that, so that a sanitizer sees reads of
		 * more. */
		char whole[128], *bytes = malloc(left + 1);

		make_event(whole, &made);
		memcpy(bytes, whole, left);
		assert_false(
			event_size_measure(stream, bytes, left, 0, &event));
		free(bytes);
	}
}

static void a_time_is_not_before_the_last(void **state)
{
	struct {
		uint64_t before, made, read;
		bool extended;
	} times[] = {
		{ 0, 5, 5, false },
		{ 5, 5, 5, false },
		{ (1ull << 32) + 5, 6, (1ull << 32) + 6, false },
		{ (1ull << 32) + 5, 4, (2ull << 32) + 4, false },
		{ 5, (3ull << 32) + 1, (3ull << 32) + 1, true },
	};
	struct made_event made = { .time = 5, .extended = true };
	struct sized_event event;
	char bytes[128];

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		made.time = times[i].made;
		made.extended = times[i].extended;
		make_event(bytes, &made);
		assert_true(event_size_measure(stream, bytes, sizeof(bytes),
					       times[i].before, &event));
		assert_int_equal(event.time, times[i].read);
	}
	make_event(bytes, &(struct made_event){ .time = 5, .extended = true });
	assert_false(
		event_size_measure(stream, bytes, sizeof(bytes), 6, &event));
}

static void other_bytes_are_no_event(void **state)
{
	enum { ID = 0, NAME = 14, FUNCTION = 31, LENGTH = 43 };
	const struct {
		size_t at;
		char bytes[18];
		size_t size;
	} changes[] = {
		{ ID, "\1", 1 },
		{ ID, "\377\377", 2 }, /* an extended id */
		{ NAME, "", 1 },
		{ NAME, "\n", 1 },
		{ NAME, "sixteen and more.", 17 },
		{ FUNCTION, "\177\1", 2 },
		{ LENGTH + 7, "\20", 1 }, /* 8 times that is 2^63 */
		{ LENGTH + 7, "\40", 1 }, /* 8 times that is 0 */
	};
	struct sized_event event;
	char bytes[128];

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		memset(bytes, 'x', sizeof(bytes));
		make_event(bytes, &(struct made_event){ .time = 1 });
		assert_true(event_size_measure(stream, bytes, sizeof(bytes), 0,
					       &event));
		memcpy(bytes + changes[i].at, changes[i].bytes,
		       changes[i].size);
		assert_false(event_size_measure(stream, bytes, sizeof(bytes), 0,
						&event));
	}
}

/* The last byte of a process's name is 0, whatever is behind the first. */
static void a_name_that_does_not_end_is_an_accident(void **state)
{
	enum { NAME = 14 };
	struct sized_event event;
	char bytes[128];

	(void)state;
	make_event(bytes, &(struct made_event){ .time = 1 });
	bytes[NAME + 15] = 'x';
	assert_true(
		event_size_measure(stream, bytes, sizeof(bytes), 0, &event));
	assert_false(event.is_accident);
	bytes[NAME + 16] = 'x';
	assert_true(
		event_size_measure(stream, bytes, sizeof(bytes), 0, &event));
	assert_true(event.is_accident);
}

static void a_string_may_be_empty(void **state)
{
	char bytes[128], shorter[128];
	struct sized_event event;

	(void)state;
	make_event(bytes, &(struct made_event){ .time = 1 });
	memcpy(shorter, bytes, 31);
	memcpy(shorter + 31, bytes + 41, 10);
	assert_true(event_size_measure(stream, shorter, 41, 0, &event));
	assert_int_equal(event.size, 41);
}

static void only_declared_streams_are_known(void **state)
{
	(void)state;
	assert_null(event_layouts_stream(layouts, 1));
	assert_null(event_layouts_stream(layouts, 16));
	assert_non_null(stream_layout_event(stream, 0));
	assert_null(stream_layout_event(stream, 1));
	assert_null(stream_layout_event(stream, 256));
}

/* Metadata of an event with these fields and no context. */
static struct event_layouts *parse(const char *fields)
{
	char text[8192];

	snprintf(text, sizeof(text),
		 "\nstream {\n\tid = 0;\n"
		 "\tevent.header := struct event_header_large;\n};\n"
		 "\nevent {\n\tid = 3;\n\tstream_id = 0;\n"
		 "\tfields := struct {\n%s\t};\n};\n",
		 fields);
	return event_layouts_parse(text);
}

#define BYTE "integer { size = 8; align = 8; }"
#define NUMBER "integer { size = 64; align = 8; }"

static void the_least_size_is_that_of_the_context(void **state)
{
	struct event_layouts *text = event_layouts_parse(
		"\nstream {\n\tid = 0;\n"
		"\tevent.header := struct event_header_large;\n"
		"\tevent.context := struct {\nstring _x;\n" BYTE " _n;\n" BYTE
		" _y[ _n ];\n};\n};\n");

	(void)state;
	assert_int_equal(event_size_least(stream), 31);
	assert_non_null(text);
	assert_int_equal(event_size_least(event_layouts_stream(text, 0)), 8);
	event_layouts_free(text);
}

/* A field of the event's own may have any number. */
static void a_namespace_has_32_bits(void **state)
{
	const struct {
		uint64_t space, field;
		bool is_accident;
	} numbers[] = { { 0, 1ull << 32, false },
			{ 0xf000003c, UINT64_MAX, false },
			{ 0xf000003cull << 8, 0, true } };
	struct event_layouts *made = event_layouts_parse(
		"\nstream {\n\tid = 0;\n"
		"\tevent.header := struct event_header_large;\n"
		"\tevent.context := struct {\n" NUMBER " _pid_ns;\n};\n};\n"
		"\nevent {\n\tid = 0;\n\tstream_id = 0;\n"
		"\tfields := struct {\n" NUMBER " _pid_ns;\n};\n};\n");

	(void)state;
	assert_non_null(made);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		char bytes[6 + 8 + 8] = { 0 };
		struct sized_event event;

		memcpy(bytes + 6, &numbers[i].space, 8);
		memcpy(bytes + 6 + 8, &numbers[i].field, 8);
		assert_true(event_size_measure(event_layouts_stream(made, 0),
					       bytes, sizeof(bytes), 0,
					       &event));
		assert_int_equal(event.is_accident, numbers[i].is_accident);
	}
	event_layouts_free(made);
}

static void fields_have_sizes(void **state)
{
	const struct {
		const char *fields;
		size_t size; /* of zeros, with the event's header of 6 */
	} known[] = {
		{ "", 6 },
		{ BYTE " _x;\n", 7 },
		{ "integer { size = 64; align = 8; } _x;\n", 14 },
		{ "integer { size = 16; byte_order = be; } _x[3];\n", 12 },
		{ "string _x;\n", 7 },
		{ "string { encoding = ASCII; } _x;\n" BYTE " _y;\n", 8 },
		{ "enum : " BYTE " { \"a\" = 0 ... 3 } _x;\n", 7 },
		{ BYTE " _x_length;\n" BYTE " _x[ _x_length ];\n", 7 },
	};
	const uint16_t id = 3;
	char bytes[32] = { 0 };

	(void)state;
	memcpy(bytes, &id, sizeof(id));
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct event_layouts *text = parse(known[i].fields);
		struct sized_event event;

		assert_non_null(text);
		assert_true(event_size_measure(event_layouts_stream(text, 0),
					       bytes, sizeof(bytes), 0,
					       &event));
		assert_int_equal(event.size, known[i].size);
		event_layouts_free(text);
	}
}

static void unknown_fields_are_refused(void **state)
{
	static const char *const unknown[] = {
		"floating_point { exp_dig = 8; mant_dig = 24; } _x;\n",
		"integer { size = 5; align = 8; } _x;\n",
		"integer { size = 8; align = 32; } _x;\n",
		"integer { align = 8; } _x;\n",
		"integer { size = 8; align = 8;\n",
		"integer size = 8; _x;\n",
		"uint8_t _x;\n",
		"variant <_t> { " BYTE " a; } _x;\n",
		"string _x[3];\n",
		BYTE " _n;\nstring _x[ _n ];\n",
		BYTE " _x[ _n ];\n",
		BYTE " _n;\n" BYTE " _m;\n" BYTE " _x[ _n ];\n",
		"string _n;\n" BYTE " _x[ _n ];\n",
		BYTE " _x[3;\n",
		BYTE " _x[9223372036854775807][3];\n",
		"integer { size = 64; } _x[4611686018427387904];\n",
		BYTE " _x\n",
		BYTE ";\n",
		BYTE " _a_name_of_sixty_four_characters_or_of_more_characters"
		     "_than_that;\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		if (parse(unknown[i]))
			fail_msg("understood: %s", unknown[i]);
}

static void there_are_32_fields_at_most(void **state)
{
	char fields[33 * sizeof(BYTE " _x;\n")] = "";
	struct event_layouts *most;

	(void)state;
	for (int i = 0; i < 32; i++)
		strcat(fields, BYTE " _x;\n");
	most = parse(fields);
	assert_non_null(most);
	event_layouts_free(most);
	strcat(fields, BYTE " _x;\n");
	assert_null(parse(fields));
}

static void unknown_blocks_are_refused(void **state)
{
	static const char *const unknown[] = {
		"\nstream {\n\tid = 0;\n};\n", /* no large event headers */
		"\nstream {\n\tid = 16;\n\tevent_header_large };\n",
		"\nstream {\n\tevent_header_large };\n",
		"\nstream {\n\tid = 0;\n\tevent_header_large",
		"\nevent {\n\tid = 0;\n\tstream_id = 0;\n};\n",
		"\nevent {\n\tid = 256;\n\tfields := struct {\n};\n};\n",
		"\nevent {\n\tfields := struct {\n};\n};\n",
		("\nevent {\n\tid = 0;\n\tstream_id = 16;\n"
		 "\tfields := struct {\n};\n};\n"),
		"\nevent {\n\tid = 0;\n\tfields := struct {\n",
	};
	struct event_layouts *empty = event_layouts_parse("");

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		if (event_layouts_parse(unknown[i]))
			fail_msg("understood: %s", unknown[i]);
	assert_non_null(empty); /* of no streams */
	event_layouts_free(empty);
}

static void a_file_is_read(void **state)
{
	char *directory = make_directory(), path[256];
	struct event_layouts *read;

	(void)state;
	snprintf(path, sizeof(path), "%s/metadata", directory);
	assert_null(event_layouts_read(path));
	make_file(path, make_metadata, strlen(make_metadata));
	read = event_layouts_read(path);
	assert_non_null(read);
	assert_non_null(event_layouts_stream(read, 0));
	event_layouts_free(read);
	make_remove(directory);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_event_has_the_size_of_its_fields),
		TEST(an_event_that_does_not_fit_is_none),
		TEST(a_time_is_not_before_the_last),
		TEST(other_bytes_are_no_event),
		TEST(a_name_that_does_not_end_is_an_accident),
		TEST(a_string_may_be_empty),
		TEST(the_least_size_is_that_of_the_context),
		TEST(only_declared_streams_are_known),
		TEST(a_namespace_has_32_bits),
		TEST(fields_have_sizes),
		TEST(unknown_fields_are_refused),
		TEST(there_are_32_fields_at_most),
		TEST(unknown_blocks_are_refused),
		TEST(a_file_is_read),
	};

	return cmocka_run_group_tests_name("event_size", tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Whether LTTng has ended all streams of a trace since a time. */
#include "../../ctf/make.h"

#include "awaitctl/recover/stream_ends.h"

#include <stdio.h>

enum { STOP = 5000 };

static char *directory;
static struct folder output;

static char *file(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static int setup(void **state)
{
	(void)state;
	directory = make_directory();
	assert_int_equal(folder_open(&output, directory), 0);
	make_file(file("metadata"), "metadata", 8);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	folder_close(&output);
	make_remove(directory);
	return 0;
}

/* A stream whose packets end at these times. */
static void write_stream(const char *name, const uint64_t *ends, size_t count,
			 size_t lacking)
{
	static char bytes[4 * MAKE_SUBBUF];

	for (size_t i = 0; i < count; i++) {
		struct packet_head head = make_head(i, ends[i] - 10);

		head.end = ends[i];
		head.content_size = 8 * 1000;
		head.packet_size = 8 * MAKE_SUBBUF;
		memcpy(bytes + i * MAKE_SUBBUF, &head, sizeof(head));
	}
	make_file(file(name), bytes, count * MAKE_SUBBUF - lacking);
}

static const uint64_t early[] = { 1000, STOP - 1 }, late[] = { 1000, STOP };

static void test_all(void **state)
{
	(void)state;
	write_stream("awaits_0", late, 2, 0);
	write_stream("awaits_1", late + 1, 1, 0);
	assert_true(stream_ends_after(&output, STOP));
}

static void test_none(void **state)
{
	(void)state;
	assert_true(stream_ends_after(&output, STOP));
}

/* The buffer was full when the session stopped. */
static void test_one_before(void **state)
{
	(void)state;
	write_stream("awaits_0", late, 2, 0);
	write_stream("awaits_1", early, 2, 0);
	assert_false(stream_ends_after(&output, STOP));
}

static void test_one_without_packets(void **state)
{
	(void)state;
	write_stream("awaits_0", late, 2, 0);
	write_stream("awaits_1", late, 0, 0);
	assert_false(stream_ends_after(&output, STOP));
}

static void test_one_cut_off(void **state)
{
	(void)state;
	write_stream("awaits_0", late, 2, 1);
	assert_false(stream_ends_after(&output, 0));
}

static void test_now(void **state)
{
	uint64_t now = stream_ends_now();

	(void)state;
	assert_true(now > 0);
	assert_true(stream_ends_now() >= now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all, setup, teardown),
		cmocka_unit_test_setup_teardown(test_none, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_before, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_one_without_packets, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_one_cut_off, setup,
						teardown),
		cmocka_unit_test(test_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Packets in the file of a stream, of which LTTng may have written a part. */
#include "make.h"

#include <stdio.h>
#include <unistd.h>

enum { PACKET = 1024 };

static FILE *stream;
static uint64_t at;
static struct packet_head head;

static int setup(void **state)
{
	(void)state;
	stream = tmpfile();
	at = 0;
	memset(&head, 0, sizeof(head));
	return stream ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	fclose(stream);
	return 0;
}

/* Writes the first bytes of a packet there. */
static void put(uint64_t number, long where, size_t size, size_t packet_size)
{
	struct packet_head made = make_head(number, 0);
	char *bytes = calloc(1, size + sizeof(made));

	assert_non_null(bytes);
	made.packet_size = 8 * packet_size;
	memcpy(bytes, &made, sizeof(made));
	fseek(stream, where, SEEK_SET);
	assert_int_equal(fwrite(bytes, 1, size, stream), size);
	assert_int_equal(fflush(stream), 0);
	free(bytes);
}

static enum packet_state next(void)
{
	return packet_next(fileno(stream), &at, &head);
}

static void an_empty_file_has_none(void **state)
{
	(void)state;
	assert_int_equal(next(), PACKET_NONE);
	assert_int_equal(at, 0);
}

static void whole_packets_follow_one_another(void **state)
{
	uint64_t overwritten = 0;

	(void)state;
	put(5, 0, PACKET, PACKET);
	put(6, PACKET, 2 * PACKET, 2 * PACKET);
	assert_int_equal(next(), PACKET_WHOLE);
	assert_int_equal(at, PACKET);
	assert_int_equal(head.number, 5);
	assert_int_equal(next(), PACKET_WHOLE);
	assert_int_equal(at, 3 * PACKET);
	assert_int_equal(head.number, 6);
	assert_int_equal(next(), PACKET_NONE);
	at = 0;
	head.number = 0;
	assert_int_equal(packet_last(fileno(stream), &at, &head, &overwritten),
			 PACKET_NONE);
	assert_int_equal(at, 3 * PACKET);
	assert_int_equal(head.number, 6);
	assert_int_equal(overwritten, 0);
}

/* Wherever the file ends, in its magic number, its head, or behind that. */
static void the_file_ends_in_a_packet(void **state)
{
	const size_t sizes[] = { 1, 4, sizeof(head) - 1, sizeof(head),
				 PACKET - 1 };
	uint64_t overwritten = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		at = 0;
		head.number = 0;
		assert_int_equal(ftruncate(fileno(stream), 0), 0);
		put(5, 0, PACKET, PACKET);
		put(6, PACKET, sizes[i], PACKET);
		assert_int_equal(
			packet_last(fileno(stream), &at, &head, &overwritten),
			PACKET_TORN);
		assert_int_equal(at, PACKET);
		assert_int_equal(head.number, 5);
	}
	assert_int_equal(overwritten, 0);
}

/* Also where the search reads block by block: the second packet's begin is in
 * both. */
static void another_packet_begins_in_one(void **state)
{
	const long begins[] = { 100, 65536, 65560 - 10, 65560, 3 * 65536L };
	const size_t large = 4 * 65536;

	(void)state;
	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		uint64_t overwritten = 0;

		at = 0;
		assert_int_equal(ftruncate(fileno(stream), 0), 0);
		put(5, 0, (size_t)begins[i], large);
		put(6, begins[i], large, large);
		assert_int_equal(next(), PACKET_OVERWRITTEN);
		assert_int_equal(at, begins[i]);
		assert_int_equal(head.number, 5);
		assert_int_equal(next(), PACKET_WHOLE);
		at = 0;
		assert_int_equal(
			packet_last(fileno(stream), &at, &head, &overwritten),
			PACKET_NONE);
		assert_int_equal(overwritten, 1);
		assert_int_equal(head.number, 6);
	}
}

/* The bytes of a packet may be what they like as long as the next begins at its
 * end. */
static void what_is_in_a_whole_packet_is_not_searched(void **state)
{
	(void)state;
	put(5, 0, PACKET, PACKET);
	put(6, PACKET / 2, PACKET / 2, PACKET / 2);
	put(7, PACKET, PACKET, PACKET);
	assert_int_equal(next(), PACKET_WHOLE);
	assert_int_equal(at, PACKET);
	assert_int_equal(next(), PACKET_WHOLE);
	assert_int_equal(head.number, 7);
}

static void other_bytes_are_no_packet(void **state)
{
	(void)state;
	fputs("something else, which is as long as the head of a packet is or "
	      "even longer than that",
	      stream);
	fflush(stream);
	head.number = 42;
	assert_int_equal(next(), PACKET_OTHER);
	assert_int_equal(at, 0);
	assert_int_equal(head.number, 42);
	put(5, 0, PACKET, sizeof(head) - 1);
	assert_int_equal(next(), PACKET_OTHER);
	assert_int_equal(packet_next(-1, &at, &head), PACKET_OTHER);
	put(5, 0, PACKET, (size_t)-1 / 8);
	assert_int_equal(next(), PACKET_TORN);
}

/* The second of two packets, with these sizes in bits. */
static bool possible(uint64_t content, uint64_t packet)
{
	struct packet_head made = make_head(1, 0);

	made.content_size = made.packet_size = 8 * PACKET;
	fseek(stream, 0, SEEK_SET);
	fwrite(&made, sizeof(made), 1, stream);
	made.content_size = content;
	made.packet_size = packet;
	fseek(stream, PACKET, SEEK_SET);
	fwrite(&made, sizeof(made), 1, stream);
	fflush(stream);
	return packet_sizes_possible(fileno(stream), &at);
}

static void sizes_are_possible(void **state)
{
	static const uint64_t bad[] = {
		0, 8, 8 * sizeof(head) - 8, 1ull << 63, UINT64_MAX - 7,
	};

	(void)state;
	assert_true(packet_sizes_possible(fileno(stream), &at));
	assert_true(possible(8 * PACKET, 8 * PACKET));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(possible(bad[i], bad[i]));
		assert_int_equal(at, PACKET);
	}
	assert_false(possible(8 * PACKET + 8, 8 * PACKET));
	/* One that is still being written has none. */
	assert_true(possible(UINT64_MAX, UINT64_MAX));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_empty_file_has_none),
		TEST(whole_packets_follow_one_another),
		TEST(the_file_ends_in_a_packet),
		TEST(another_packet_begins_in_one),
		TEST(what_is_in_a_whole_packet_is_not_searched),
		TEST(other_bytes_are_no_packet),
		TEST(sizes_are_possible),
	};

	return cmocka_run_group_tests_name("packet", tests, NULL, NULL);
}

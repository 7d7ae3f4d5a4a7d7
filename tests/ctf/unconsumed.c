/* SPDX-License-Identifier: MIT */
/* Which packets of a ring are not in the file of its stream. */
#include "make.h"

#include "ctf/unconsumed.h"

#include <stdio.h>

/* When the last of so many packets ends, as make_delivered() has it. */
#define LAST_END(packets) (1000 * ((packets)-1) + 999)

static char *directory, path[256], stream_path[256];
static struct made_ring made;
static struct shm_ring ring;
static struct unconsumed unconsumed;
static uint64_t stopped;

static int setup(void **state)
{
	(void)state;
	directory = make_directory();
	snprintf(path, sizeof(path), "%s/ring", directory);
	snprintf(stream_path, sizeof(stream_path), "%s/stream", directory);
	make_ring(&made);
	unconsumed = (struct unconsumed){ 0 };
	stopped = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	make_remove(directory);
	return 0;
}

/* A stream with the first packets of the ring. The last ends at LAST_END. */
static void write_stream(uint64_t packets)
{
	static char bytes[16 * MAKE_SUBBUF];

	for (uint64_t i = 0; i < packets; i++) {
		struct packet_head head = make_head(i, 0);

		head.packet_size = 8 * MAKE_SUBBUF;
		head.end = LAST_END(packets) - 1000 * (packets - 1 - i);
		memcpy(bytes + i * MAKE_SUBBUF, &head, sizeof(head));
	}
	make_file(stream_path, bytes, packets * MAKE_SUBBUF);
}

/* A ring that the consumer has given back up to one packet, and that the
 * program has filled up to another. */
static void fill(uint64_t consumed, uint64_t filled)
{
	uint64_t first = filled > 3 ? filled - 3 : 0;

	for (uint64_t number = first; number < filled; number++)
		make_delivered(&made, number * MAKE_SUBBUF, 3000);
	make_positions(&made, consumed * MAKE_SUBBUF, filled * MAKE_SUBBUF);
}

/* The program has begun that packet, too. */
static void begin(uint64_t number)
{
	struct packet_head head = make_head(number, 0);
	size_t i = number % MAKE_SUBBUFS;

	memcpy(made.file + AT_BYTES + i * MAKE_SUBBUF, &head, sizeof(head));
	make_number(&made, AT_COUNTS + 16 * i,
		    number / MAKE_SUBBUFS * MAKE_SUBBUF + 100, 8);
	make_number(&made, AT_PRODUCED, number * MAKE_SUBBUF + 100, 8);
}

static void find_unconsumed(void)
{
	make_file(path, &made, sizeof(made));
	assert_int_equal(shm_ring_open(&ring, path), SHM_RING_OPENED);
	unconsumed_find(&ring, stream_path, stopped, &unconsumed);
}

static void find(uint64_t consumed, uint64_t filled)
{
	fill(consumed, filled);
	begin(filled);
	find_unconsumed();
}

static void check(uint64_t begin, bool rescued, uint64_t lost)
{
	assert_int_equal(ring.begin, begin * MAKE_SUBBUF);
	assert_int_equal(unconsumed.rescued, rescued);
	assert_int_equal(unconsumed.lost, lost);
	shm_ring_close(&ring);
}

static void what_was_consumed_was_written(void **state)
{
	(void)state;
	write_stream(2);
	find(2, 2);
	assert_false(unconsumed.full);
	check(2, false, 0);
}

static void nothing_more_was_begun(void **state)
{
	(void)state;
	write_stream(2);
	fill(2, 2);
	find_unconsumed();
	check(2, false, 0);
}

static void what_was_not_consumed_is_left(void **state)
{
	(void)state;
	write_stream(1);
	find(1, 2);
	check(1, false, 0);
}

/* There was no room on the disk for what the consumer gave back. */
static void packets_are_rescued(void **state)
{
	(void)state;
	write_stream(1);
	find(3, 3);
	check(1, true, 0);
}

static void all_packets_are_rescued(void **state)
{
	(void)state;
	write_stream(0);
	find(2, 2);
	check(0, true, 0);
}

/* The ring has gone on: it has packets 7 to 10, of which 10 is begun. */
static void packets_are_lost(void **state)
{
	(void)state;
	write_stream(4);
	find(10, 10);
	assert_false(unconsumed.full);
	check(7, true, 3);
}

/* None of them is left to be rescued. */
static void packets_are_lost_before_the_ring(void **state)
{
	(void)state;
	write_stream(4);
	find(7, 10);
	check(7, false, 3);
}

/* Its number is not that of a packet before. */
static void another_packet_is_not_rescued(void **state)
{
	(void)state;
	write_stream(1);
	fill(3, 3);
	begin(3);
	make_number(&made,
		    AT_BYTES + 2 * MAKE_SUBBUF +
			    offsetof(struct packet_head, number),
		    99, 8);
	find_unconsumed();
	check(3, false, 2);
}

/* What several rings lack is added up. */
static void losses_are_added(void **state)
{
	(void)state;
	unconsumed = (struct unconsumed){ .lost = 5, .full = true };
	write_stream(4);
	find(10, 10);
	assert_true(unconsumed.full);
	check(7, true, 8);
}

static void the_ring_is_full(void **state)
{
	(void)state;
	write_stream(7);
	find(7, 10);
	assert_true(unconsumed.full);
	check(7, false, 0);
}

/* LTTng had room for a packet when it stopped the session, or it had not. */
static void the_ring_was_not_full(void **state)
{
	(void)state;
	write_stream(2);
	fill(2, 2);
	stopped = LAST_END(2);
	find_unconsumed();
	assert_false(unconsumed.full);
	check(2, false, 0);
}

static void the_ring_was_full(void **state)
{
	(void)state;
	write_stream(2);
	fill(2, 2);
	stopped = LAST_END(2) + 1;
	find_unconsumed();
	assert_true(unconsumed.full);
	check(2, false, 0);
}

/* The consumer has exchanged what the ring had of it. */
static void the_file_has_the_last_packet(void **state)
{
	(void)state;
	write_stream(2);
	fill(2, 2);
	make_number(&made,
		    AT_BYTES + MAKE_SUBBUF +
			    offsetof(struct packet_head, number),
		    0, 8);
	stopped = LAST_END(2);
	find_unconsumed();
	assert_false(unconsumed.full);
	check(2, false, 0);
	stopped++;
	find_unconsumed();
	assert_true(unconsumed.full);
	check(2, false, 0);
}

static void the_last_packet_is_torn(void **state)
{
	(void)state;
	write_stream(2);
	stopped = LAST_END(9);
	find(2, 2);
	assert_false(unconsumed.full);
	check(2, false, 0);
}

/* The second packet begins in the middle of the first. */
static void packets_in_the_file_are_overwritten(void **state)
{
	static char bytes[MAKE_SUBBUF / 2 + MAKE_SUBBUF];
	struct packet_head head = make_head(0, 0);

	(void)state;
	head.packet_size = 8 * MAKE_SUBBUF;
	memcpy(bytes, &head, sizeof(head));
	head.number = 1;
	memcpy(bytes + MAKE_SUBBUF / 2, &head, sizeof(head));
	make_file(stream_path, bytes, sizeof(bytes));
	find(2, 2);
	assert_true(unconsumed.overwritten);
	check(2, false, 1);
}

static void without_a_file_nothing_is_known(void **state)
{
	(void)state;
	find(2, 2);
	check(2, false, 0);
	make_file(stream_path, "no packets", 10);
	find(2, 2);
	assert_false(unconsumed.overwritten);
	check(2, false, 0);
}

static void snapshots_are_written_anew(void **state)
{
	(void)state;
	make_number(&made, AT_MODE, 0, 4);
	write_stream(1);
	find(3, 3);
	check(3, false, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_was_consumed_was_written),
		TEST(nothing_more_was_begun),
		TEST(what_was_not_consumed_is_left),
		TEST(packets_are_rescued),
		TEST(all_packets_are_rescued),
		TEST(packets_are_lost),
		TEST(packets_are_lost_before_the_ring),
		TEST(another_packet_is_not_rescued),
		TEST(losses_are_added),
		TEST(the_ring_is_full),
		TEST(the_ring_was_not_full),
		TEST(the_ring_was_full),
		TEST(the_file_has_the_last_packet),
		TEST(the_last_packet_is_torn),
		TEST(packets_in_the_file_are_overwritten),
		TEST(without_a_file_nothing_is_known),
		TEST(snapshots_are_written_anew),
	};

	return cmocka_run_group_tests_name("unconsumed", tests, NULL, NULL);
}

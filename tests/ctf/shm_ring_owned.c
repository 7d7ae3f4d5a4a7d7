/* SPDX-License-Identifier: MIT */
/* The file of a ring buffer, as LTTng-UST leaves it from 2.15 on (crash ABI
 * 1.0): sub-buffers have one owner at a time. */
#include "ring_file.h"

static struct shm_subbuf subbuf;

static int setup_owned(void **state)
{
	setup(state);
	make_owned(&made);
	return 0;
}

/* The sub-buffer at that position. */
static void open_at(uint64_t position)
{
	assert_int_equal(reopen(), SHM_RING_OPENED);
	assert_true(shm_ring_next(&ring, &position, &subbuf));
}

static void ids_have_flags(void **state)
{
	(void)state;
	make_exchange(&made, 0, 3);
	make_counts(&made, 0, 100, 100);
	make_positions(&made, 0, 100);
	open_at(0);
	assert_ptr_equal(subbuf.bytes, ring.bytes + AT_BYTES + 3 * MAKE_SUBBUF);
	shm_ring_close(&ring);
}

static void of_32_bits_too(void **state)
{
	(void)state;
	make_word(&made, 4);
	make_number(&made, AT_IDS, 5 << 16 | 2, 4);
	make_number(&made, AT_COUNTS, 100, 4);
	make_number(&made, 76 + 3, 4, 1); /* the length of an id */
	make_positions(&made, 0, 100);
	open_at(0);
	assert_ptr_equal(subbuf.bytes, ring.bytes + AT_BYTES + 2 * MAKE_SUBBUF);
	shm_ring_close(&ring);
}

/* An owner that died pads nothing: the size of the data is of a lap before. */
static void what_is_committed_comes_first(void **state)
{
	(void)state;
	make_number(&made, AT_PAGES + 24, MAKE_SUBBUF - 10, 8);
	make_counts(&made, 0, 500, 400);
	make_positions(&made, 0, MAKE_SUBBUF + 100);
	open_at(0);
	assert_int_equal(subbuf.reserved, 500);
	assert_int_equal(subbuf.committed, 500);
	assert_int_equal(subbuf.contiguous, 500);
	assert_true(subbuf.torn);
	assert_false(shm_subbuf_is_delivered(&subbuf));
	shm_ring_close(&ring);
	make_positions(&made, 0, 600); /* nobody went on */
	open_at(0);
	assert_int_equal(subbuf.reserved, 500);
	assert_true(subbuf.torn);
	shm_ring_close(&ring);
	make_positions(&made, 0, 500); /* and nobody died */
	open_at(0);
	assert_int_equal(subbuf.reserved, 500);
	assert_false(subbuf.torn);
	shm_ring_close(&ring);
}

/* In spite of what the lap before left there. */
static void nothing_is_in_it(void **state)
{
	const uint64_t lap = MAKE_SUBBUFS * MAKE_SUBBUF;

	(void)state;
	make_delivered(&made, 0, 3000);
	make_positions(&made, lap, lap + MAKE_SUBBUF + 100);
	open_at(lap);
	assert_int_equal(subbuf.committed, 0);
	assert_int_equal(subbuf.reserved, 0);
	assert_true(subbuf.torn);
	assert_false(shm_subbuf_is_delivered(&subbuf));
	shm_ring_close(&ring);
}

static void a_full_one_has_padding(void **state)
{
	(void)state;
	make_delivered(&made, 0, 3000);
	make_positions(&made, 0, MAKE_SUBBUF);
	open_at(0);
	assert_int_equal(subbuf.reserved, 3000);
	assert_int_equal(subbuf.committed, 3000);
	assert_false(subbuf.torn);
	assert_true(shm_subbuf_is_delivered(&subbuf));
	shm_ring_close(&ring);
}

/* A consumer has exchanged the bytes of the second for the spare ones. */
static void what_a_consumer_held_is_found(void **state)
{
	(void)state;
	make_delivered(&made, 0, 3000);
	make_delivered(&made, MAKE_SUBBUF, 2000);
	make_exchange(&made, 1, 4);
	make_positions(&made, MAKE_SUBBUF, 2 * MAKE_SUBBUF);
	open_at(MAKE_SUBBUF);
	assert_ptr_equal(subbuf.bytes, ring.bytes + AT_BYTES + MAKE_SUBBUF);
	assert_int_equal(subbuf.reserved, 2000);
	assert_true(shm_subbuf_is_delivered(&subbuf));
	shm_ring_close(&ring);
}

/* The spare bytes have a packet, but another one. */
static void what_a_consumer_held_before_is_not_taken(void **state)
{
	struct packet_head head = make_head(5, 0);

	(void)state;
	memcpy(made.file + AT_BYTES + 4 * MAKE_SUBBUF, &head, sizeof(head));
	make_counts(&made, 1, 200, 200);
	make_positions(&made, MAKE_SUBBUF, MAKE_SUBBUF + 300);
	open_at(MAKE_SUBBUF);
	assert_ptr_equal(subbuf.bytes, ring.bytes + AT_BYTES + MAKE_SUBBUF);
	assert_null(shm_subbuf_head(&subbuf));
	shm_ring_close(&ring);
}

/* Before that there are no spare bytes. */
static void older_rings_exchange_nothing(void **state)
{
	(void)state;
	make_number(&made, AT_MAJOR, 0, 2);
	make_delivered(&made, 0, 3000);
	make_number(&made, AT_IDS, 4, 8);
	make_positions(&made, 0, MAKE_SUBBUF);
	open_at(0);
	assert_ptr_equal(subbuf.bytes, ring.bytes + AT_BYTES + 4 * MAKE_SUBBUF);
	shm_ring_close(&ring);
}

/* Others went on until the end of the last sub-buffer. */
static void it_is_full_at_the_end_of_a_subbuffer(void **state)
{
	(void)state;
	make_positions(&made, MAKE_SUBBUF, 4 * MAKE_SUBBUF);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	assert_false(shm_ring_is_full(&ring));
	shm_ring_close(&ring);
	make_positions(&made, MAKE_SUBBUF, 5 * MAKE_SUBBUF);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	assert_true(shm_ring_is_full(&ring));
	shm_ring_close(&ring);
}

static void later_layouts_have_a_version(void **state)
{
	(void)state;
	make_number(&made, AT_MAJOR, 3, 2);
	make_number(&made, AT_MINOR, 7, 2);
	assert_int_equal(reopen(), SHM_RING_UNKNOWN);
	assert_int_equal(ring.major, 3);
	assert_int_equal(ring.minor, 7);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_owned, teardown)
	const struct CMUnitTest tests[] = {
		TEST(ids_have_flags),
		TEST(of_32_bits_too),
		TEST(what_is_committed_comes_first),
		TEST(nothing_is_in_it),
		TEST(a_full_one_has_padding),
		TEST(what_a_consumer_held_is_found),
		TEST(what_a_consumer_held_before_is_not_taken),
		TEST(older_rings_exchange_nothing),
		TEST(it_is_full_at_the_end_of_a_subbuffer),
		TEST(later_layouts_have_a_version),
	};

	return cmocka_run_group_tests_name("shm_ring_owned", tests, NULL, NULL);
}

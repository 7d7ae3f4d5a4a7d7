/* SPDX-License-Identifier: MIT */
/* The file of a ring buffer, as LTTng-UST leaves it. */
#include "ring_file.h"

#include <unistd.h>

static void subbuffers_come_in_order(void **state)
{
	uint64_t position;
	struct shm_subbuf subbuf;

	(void)state;
	make_delivered(&made, 0, 3000);
	make_counts(&made, 1, 500, 400);
	make_positions(&made, 0, MAKE_SUBBUF + 600);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	assert_int_equal(ring.word, 8);
	position = ring.begin;
	assert_true(shm_ring_next(&ring, &position, &subbuf));
	assert_int_equal(position, MAKE_SUBBUF);
	assert_ptr_equal(subbuf.bytes, ring.bytes + AT_BYTES);
	assert_int_equal(subbuf.size, MAKE_SUBBUF);
	assert_int_equal(subbuf.reserved, 3000); /* without its padding */
	assert_int_equal(subbuf.committed, 3000);
	assert_true(shm_subbuf_is_delivered(&subbuf));
	assert_int_equal(shm_subbuf_head(&subbuf)->number, 0);
	assert_true(shm_ring_next(&ring, &position, &subbuf));
	assert_int_equal(position, 2 * MAKE_SUBBUF);
	assert_ptr_equal(subbuf.bytes, ring.bytes + AT_BYTES + MAKE_SUBBUF);
	assert_int_equal(subbuf.reserved, 600);
	assert_int_equal(subbuf.committed, 500);
	assert_int_equal(subbuf.contiguous, 400);
	assert_false(shm_subbuf_is_delivered(&subbuf));
	assert_null(shm_subbuf_head(&subbuf));
	assert_false(shm_ring_next(&ring, &position, &subbuf));
	shm_ring_close(&ring);
}

static void counters_go_on_in_the_next_lap(void **state)
{
	const uint64_t lap = MAKE_SUBBUFS * MAKE_SUBBUF;
	uint64_t position = 7 * lap + MAKE_SUBBUF;
	struct shm_subbuf subbuf;

	(void)state;
	make_counts(&made, 1, 7 * MAKE_SUBBUF + 500, 7 * MAKE_SUBBUF + 400);
	make_positions(&made, position, position + 600);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	assert_true(shm_ring_next(&ring, &position, &subbuf));
	assert_int_equal(subbuf.committed, 500);
	assert_int_equal(subbuf.contiguous, 400);
	/* One of the lap before has none of this lap. */
	shm_ring_close(&ring);
	make_counts(&made, 1, 6 * MAKE_SUBBUF + 500, 8 * MAKE_SUBBUF + 400);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	position = ring.begin;
	assert_true(shm_ring_next(&ring, &position, &subbuf));
	assert_int_equal(subbuf.committed, 0);
	assert_int_equal(subbuf.contiguous, 0);
	shm_ring_close(&ring);
}

static void the_one_before_is_kept_until_it_is_overwritten(void **state)
{
	struct shm_subbuf subbuf;

	(void)state;
	for (unsigned i = 0; i < MAKE_SUBBUFS; i++)
		make_delivered(&made, i * MAKE_SUBBUF, 3000);
	make_positions(&made, 0, 100);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	assert_int_equal(shm_ring_previous_position(&ring), 100);
	assert_false(shm_ring_previous(&ring, &subbuf));
	shm_ring_close(&ring);

	make_positions(&made, 2 * MAKE_SUBBUF, 2 * MAKE_SUBBUF + 100);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	assert_int_equal(shm_ring_previous_position(&ring), MAKE_SUBBUF);
	assert_true(shm_ring_previous(&ring, &subbuf));
	assert_int_equal(shm_subbuf_head(&subbuf)->number, 1);
	assert_int_equal(shm_ring_head_at(&ring, MAKE_SUBBUF)->number, 1);
	assert_false(shm_ring_is_full(&ring));
	shm_ring_close(&ring);

	make_positions(&made, 2 * MAKE_SUBBUF, 5 * MAKE_SUBBUF);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	assert_false(shm_ring_is_full(&ring));
	shm_ring_close(&ring);

	make_positions(&made, 2 * MAKE_SUBBUF, 5 * MAKE_SUBBUF + 100);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	assert_false(shm_ring_previous(&ring, &subbuf));
	assert_null(shm_ring_head_at(&ring, MAKE_SUBBUF));
	assert_true(shm_ring_is_full(&ring));
	shm_ring_close(&ring);
}

static void a_head_is_there_once_it_is_committed(void **state)
{
	struct packet_head head = make_head(9, 0);

	(void)state;
	memcpy(made.file + AT_BYTES, &head, sizeof(head));
	make_positions(&made, 0, 200);
	make_counts(&made, 0, MAKE_HEAD - 1, 0);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	assert_null(shm_ring_head_at(&ring, 0));
	shm_ring_close(&ring);
	make_counts(&made, 0, MAKE_HEAD, 0);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	assert_int_equal(shm_ring_head_at(&ring, 0)->number, 9);
	shm_ring_close(&ring);
}

static void a_packet_with_a_gap_is_not_delivered(void **state)
{
	struct shm_subbuf subbuf;
	uint64_t position = 0;

	(void)state;
	make_delivered(&made, 0, 3000);
	make_counts(&made, 0, MAKE_SUBBUF - 50, 1000);
	make_positions(&made, 0, MAKE_SUBBUF);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	assert_true(shm_ring_next(&ring, &position, &subbuf));
	assert_int_equal(subbuf.reserved, 3000);
	assert_int_equal(subbuf.committed, 2950);
	assert_false(shm_subbuf_is_delivered(&subbuf));
	shm_ring_close(&ring);
}

static void the_mode_tells_whether_it_overwrites(void **state)
{
	(void)state;
	assert_int_equal(reopen(), SHM_RING_OPENED);
	assert_false(shm_ring_overwrites(&ring));
	shm_ring_close(&ring);
	make_number(&made, AT_MODE, 0, 4);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	assert_true(shm_ring_overwrites(&ring));
	shm_ring_close(&ring);
}

/* The ids of a ring that overwrites have flags in their upper half. */
static void ids_have_flags(void **state)
{
	const uint64_t flags = 5ull << 32;
	struct shm_subbuf subbuf;
	uint64_t position = 0;

	(void)state;
	make_number(&made, AT_MODE, 0, 4);
	make_number(&made, AT_IDS, flags | 3, 8);
	make_counts(&made, 0, 100, 100);
	make_positions(&made, 0, 100);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	assert_true(shm_ring_next(&ring, &position, &subbuf));
	assert_ptr_equal(subbuf.bytes, ring.bytes + AT_BYTES + 3 * MAKE_SUBBUF);
	shm_ring_close(&ring);
}

static void programs_may_have_32_bits(void **state)
{
	uint64_t position = 5ull * MAKE_SUBBUFS * MAKE_SUBBUF;
	struct shm_subbuf subbuf;

	(void)state;
	make_word(&made, 4);
	make_number(&made, AT_COUNTS, 5 * MAKE_SUBBUF + 500, 4);
	make_number(&made, AT_COUNTS + 4, 5 * MAKE_SUBBUF + 400, 4);
	make_positions(&made, position, position + 600);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	assert_int_equal(ring.word, 4);
	assert_true(shm_ring_next(&ring, &position, &subbuf));
	assert_int_equal(subbuf.committed, 500);
	assert_int_equal(subbuf.contiguous, 400);
	shm_ring_close(&ring);
	/* The positions have wrapped; the counts are those of all laps. */
	make_number(&made, AT_COUNTS, (1u << 30) + 500, 4);
	make_number(&made, AT_COUNTS + 4, (1u << 30) + 400, 4);
	make_positions(&made, 0, 600);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	position = 0;
	assert_true(shm_ring_next(&ring, &position, &subbuf));
	assert_int_equal(subbuf.committed, 500);
	assert_int_equal(subbuf.contiguous, 400);
	shm_ring_close(&ring);
}

/* Who may write to a ring's file may cut it while it is read. */
static void a_file_may_be_cut_meanwhile(void **state)
{
	const struct packet_head head = make_head(0, 0);
	struct shm_subbuf subbuf;
	uint64_t position = 0;

	(void)state;
	memcpy(made.file + AT_BYTES, &head, sizeof(head));
	make_counts(&made, 0, 500, 500);
	make_positions(&made, 0, 500);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	assert_int_equal(truncate(path, 0), 0);
	assert_true(shm_ring_next(&ring, &position, &subbuf));
	assert_non_null(shm_subbuf_head(&subbuf));
	assert_int_equal(subbuf.committed, 500);
	shm_ring_close(&ring);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(subbuffers_come_in_order),
		TEST(counters_go_on_in_the_next_lap),
		TEST(the_one_before_is_kept_until_it_is_overwritten),
		TEST(a_head_is_there_once_it_is_committed),
		TEST(a_packet_with_a_gap_is_not_delivered),
		TEST(the_mode_tells_whether_it_overwrites),
		TEST(ids_have_flags),
		TEST(programs_may_have_32_bits),
		TEST(a_file_may_be_cut_meanwhile),
	};

	return cmocka_run_group_tests_name("shm_ring", tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Files that are no ring buffers, and rings whose numbers are not to be
 * trusted. */
#include "ring_file.h"

static void other_files_are_no_rings(void **state)
{
	(void)state;
	assert_int_equal(shm_ring_open(&ring, path), SHM_RING_FAILED);
	assert_int_equal(errno, ENOENT);
	make_file(path, "", 0);
	assert_int_equal(shm_ring_open(&ring, path), SHM_RING_NONE);
	make_file(path, &made, 123);
	assert_int_equal(shm_ring_open(&ring, path), SHM_RING_NONE);
	made.file[15] = 0;
	assert_int_equal(reopen(), SHM_RING_NONE);
}

static void other_layouts_are_unknown(void **state)
{
	const struct {
		size_t at, size;
		uint64_t value;
	} changes[] = {
		{ AT_ENDIAN, 2, 0x3412 },
		{ AT_MAJOR, 2, 2 },
		{ AT_MINOR, 2, 1 },
		{ AT_WORD, 1, 2 },
		{ AT_WORD, 1, 4 }, /* by the lengths it is 8 */
		{ AT_TYPE, 1, 1 },
		{ AT_SEQ_OFFSET, 4, 16 },
		{ AT_SEQ_LENGTH, 1, 4 },
		{ AT_SUBBUF_SIZE, 8, 0 },
		{ AT_SUBBUF_SIZE, 8, MAKE_SUBBUF - 1 },
		{ AT_SUBBUF_SIZE, 8, 2 * MAKE_SUBBUF },
		{ AT_NUM_SUBBUF, 8, 0 },
		{ AT_NUM_SUBBUF, 8, 3 },
		{ AT_BUF_SIZE, 8, MAKE_SUBBUF },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		make_ring(&made);
		assert_int_equal(reopen(), SHM_RING_OPENED);
		shm_ring_close(&ring);
		make_number(&made, changes[i].at, changes[i].value,
			    changes[i].size);
		assert_int_equal(reopen(), SHM_RING_UNKNOWN);
	}
}

/* Numbers that agree with one another. */
static void strange_layouts_are_unknown(void **state)
{
	const uint64_t sizes[][2] = {
		{ 64, MAKE_SUBBUFS }, /* less than a packet's head */
		{ 3072, MAKE_SUBBUFS },	     { MAKE_SUBBUF, 3 },
		{ MAKE_SUBBUF, 8 }, /* more than the file has */
		{ MAKE_SUBBUF, 1ull << 51 },
	};

	(void)state;
	make_word(&made, 2);
	assert_int_equal(reopen(), SHM_RING_UNKNOWN);
	make_ring(&made);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		make_number(&made, AT_SUBBUF_SIZE, sizes[i][0], 8);
		make_number(&made, AT_NUM_SUBBUF, sizes[i][1], 8);
		make_number(&made, AT_BUF_SIZE, sizes[i][0] * sizes[i][1], 8);
		assert_int_equal(reopen(), SHM_RING_UNKNOWN);
	}
}

static void places_outside_the_file_are_refused(void **state)
{
	const uint64_t places[] = { MAKE_RING - MAKE_SUBBUF + 8, MAKE_RING,
				    MAKE_RING + 8, UINT64_MAX - 7,
				    AT_BYTES + 1 };
	struct shm_subbuf subbuf;
	uint64_t position;

	(void)state;
	make_positions(&made, 0, 100);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		make_number(&made, AT_PAGES + 40, places[i], 8);
		assert_int_equal(reopen(), SHM_RING_OPENED);
		position = 0;
		assert_false(shm_ring_next(&ring, &position, &subbuf));
		shm_ring_close(&ring);
	}
	make_number(&made, AT_PAGES + 40, MAKE_RING - MAKE_SUBBUF, 8);
	assert_int_equal(reopen(), SHM_RING_OPENED);
	position = 0;
	assert_true(shm_ring_next(&ring, &position, &subbuf));
	shm_ring_close(&ring);
}

static void positions_that_do_not_fit_are_refused(void **state)
{
	struct shm_subbuf subbuf;
	uint64_t position;

	(void)state;
	make_positions(&made, 0,
		       MAKE_SUBBUFS * MAKE_SUBBUF +
			       1); /* more than the ring has */
	assert_int_equal(reopen(), SHM_RING_OPENED);
	position = 0;
	assert_false(shm_ring_next(&ring, &position, &subbuf));
	shm_ring_close(&ring);
	make_positions(&made, 5 * MAKE_SUBBUF,
		       MAKE_SUBBUF); /* ends before it begins */
	assert_int_equal(reopen(), SHM_RING_OPENED);
	position = ring.begin;
	assert_false(shm_ring_next(&ring, &position, &subbuf));
	shm_ring_close(&ring);
}

/* Any bytes in its head and its tables: what is returned is in the file. */
static void check_all(void)
{
	uint64_t position = ring.begin;
	struct shm_subbuf subbuf;

	for (int i = 0; i < 10; i++) {
		bool there = i ? shm_ring_next(&ring, &position, &subbuf) :
				 shm_ring_previous(&ring, &subbuf);

		shm_ring_is_full(&ring);
		shm_ring_head_at(&ring, position);
		if (!there)
			continue;
		assert_true(subbuf.bytes >= ring.bytes);
		assert_true(subbuf.bytes + subbuf.size <=
			    ring.bytes + ring.size);
		assert_true(subbuf.reserved <= subbuf.size);
		assert_true(subbuf.committed <= subbuf.size);
		assert_true(subbuf.contiguous <= subbuf.size);
	}
}

static void check_any_numbers(bool owned)
{
	unsigned random = 1, opened = 0;
	FILE *file;

	make_file(path, &made, sizeof(made));
	file = fopen(path, "r+e");
	assert_non_null(file);
	for (int i = 0; i < 3000; i++) {
		make_ring(&made);
		if (owned)
			make_owned(&made);
		make_delivered(&made, 0, 3000);
		make_positions(&made, 0, MAKE_SUBBUF + 600);
		for (int change = 0; change < 4; change++) {
			random = random * 1103515245 + 12345;
			made.file[32 + (random >> 8) % (AT_PAGES + 320 - 32)] =
				(char)(random >> 24);
		}
		rewind(file);
		fwrite(&made, sizeof(made), 1, file);
		assert_int_equal(fflush(file), 0);
		if (shm_ring_open(&ring, path) != SHM_RING_OPENED)
			continue;
		opened++;
		check_all();
		shm_ring_close(&ring);
	}
	fclose(file);
	assert_true(opened > 1000);
}

static void any_numbers_are_kept_within_the_file(void **state)
{
	(void)state;
	check_any_numbers(false);
	check_any_numbers(true);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(other_files_are_no_rings),
		TEST(other_layouts_are_unknown),
		TEST(strange_layouts_are_unknown),
		TEST(places_outside_the_file_are_refused),
		TEST(positions_that_do_not_fit_are_refused),
		TEST(any_numbers_are_kept_within_the_file),
	};

	return cmocka_run_group_tests_name("shm_ring_foreign", tests, NULL,
					   NULL);
}

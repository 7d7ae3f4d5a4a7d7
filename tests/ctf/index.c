/* SPDX-License-Identifier: MIT */
/* Whether the index of a stream, and the metadata, end where they should. */
#include "make.h"

#include "ctf/index.h"
#include "ctf/metadata_file.h"

#include <endian.h>
#include <byteswap.h>
#include <stdio.h>
#include <sys/stat.h>

enum { STREAM = 4096 };

static char *directory;
static char index_path[256], metadata_path[256], stream_path[256];

static int setup(void **state)
{
	char folder[128];

	(void)state;
	directory = make_directory();
	snprintf(folder, sizeof(folder), "%s/index", directory);
	snprintf(index_path, sizeof(index_path), "%s/awaits_0.idx", folder);
	snprintf(stream_path, sizeof(stream_path), "%s/awaits_0", directory);
	snprintf(metadata_path, sizeof(metadata_path), "%s/metadata",
		 directory);
	return mkdir(folder, 0700);
}

static int teardown(void **state)
{
	(void)state;
	make_remove(directory);
	return 0;
}

/* An index of one packet, which is preceded by `before` that begins at 0, in
 * entries of `entry_size`. */
static bool holds(uint64_t offset, uint64_t bytes, uint32_t entry_size)
{
	uint64_t index[2 + 2 * 8] = { 0 };
	uint32_t *header = (void *)index;
	static const char stream[STREAM];

	header[0] = htobe32(0xc1f1dcc1);
	header[3] = htobe32(entry_size);
	index[2 + 1] = htobe64(8);
	index[2 + entry_size / 8] = htobe64(offset);
	index[2 + entry_size / 8 + 1] = htobe64(8 * bytes);
	make_file(stream_path, stream, STREAM);
	make_file(index_path, index, 16 + 2 * entry_size);
	return index_holds(index_path);
}

static void packets_are_in_the_stream(void **state)
{
	(void)state;
	assert_true(holds(0, STREAM, 16));
	assert_true(holds(100, STREAM - 100, 16));
	assert_true(holds(STREAM - 1, 1, 16));
	assert_true(holds(STREAM - 1, 1, 56));
	assert_false(holds(0, STREAM + 1, 16));
	assert_false(holds(100, STREAM - 99, 16));
	assert_false(holds(STREAM, 0, 16));
	assert_false(holds(STREAM, 0, 56));
	assert_false(holds(UINT64_MAX, 1, 56));
	assert_false(holds(1, UINT64_MAX / 8, 56));
}

static void other_files_are_not_judged(void **state)
{
	uint32_t small[8] = { htobe32(0xc1f1dcc1), 0, 0, htobe32(8) };
	char other[256];

	(void)state;
	assert_true(index_holds(index_path)); /* nothing is there */
	assert_true(index_holds(directory));
	assert_true(index_holds("x.idx"));
	assert_true(index_holds(".idx"));
	make_file(stream_path, "", 0);
	make_file(index_path, "not an index, and longer than its header", 40);
	assert_true(index_holds(index_path));
	/* Its entries are too small to be any. */
	memset(&small[4], 0xff, 16);
	make_file(index_path, small, sizeof(small));
	assert_true(index_holds(index_path));
	/* In another folder than that of indexes. */
	assert_false(holds(STREAM, 0, 16));
	snprintf(other, sizeof(other), "%s/other", directory);
	assert_int_equal(mkdir(other, 0700), 0);
	snprintf(other, sizeof(other), "%s/other/awaits_0.idx", directory);
	assert_int_equal(rename(index_path, other), 0);
	assert_true(index_holds(other));
	assert_int_equal(rename(other, index_path), 0);
	assert_false(index_holds(index_path));
	assert_int_equal(remove(stream_path), 0);
	assert_true(index_holds(index_path));
}

/* Two packets of metadata alike, of which so many bytes are there. */
static bool is_whole(uint32_t content, uint32_t packet, size_t there, bool swap)
{
	char bytes[512] = { 0 };
	uint32_t numbers[] = { 0x75d11d57, 8 * content, 8 * packet };

	for (int i = 0; swap && i < 3; i++)
		numbers[i] = bswap_32(numbers[i]);
	for (char *at = bytes; at < bytes + 2 * packet; at += packet) {
		memcpy(at, &numbers[0], 4);
		memcpy(at + 24, &numbers[1], 8);
	}
	make_file(metadata_path, bytes, there);
	return metadata_is_whole(metadata_path);
}

static void metadata_ends_with_a_packet(void **state)
{
	(void)state;
	for (int swap = 0; swap < 2; swap++) {
		assert_true(is_whole(100, 128, 128, swap));
		assert_true(is_whole(100, 128, 256, swap));
		assert_true(is_whole(37, 37, 37, swap));
		assert_false(is_whole(100, 128, 127, swap));
		assert_false(is_whole(100, 128, 255, swap));
		assert_false(is_whole(100, 128, 128 + 36, swap));
		assert_false(is_whole(37, 37, 37 + 36, swap));
		assert_false(is_whole(37, 37, 37 + 4, swap));
		assert_false(is_whole(36, 128, 128, swap));
		assert_false(is_whole(100, 99, 128, swap));
	}
}

static void text_is_whole_unless_it_is_empty(void **state)
{
	(void)state;
	assert_true(metadata_is_whole(metadata_path)); /* nothing is there */
	make_file(metadata_path, make_metadata, strlen(make_metadata));
	assert_true(metadata_is_whole(metadata_path));
	make_file(metadata_path, "", 0);
	assert_false(metadata_is_whole(metadata_path));
}

static void ctf_2_is_told_from_1_8(void **state)
{
	char packet[64] = { 0x57, 0x1d, (char)0xd1, 0x75, [35] = 1, [36] = 8 };

	(void)state;
	assert_false(metadata_is_ctf_2(metadata_path)); /* nothing is there */
	make_file(metadata_path, "", 0);
	assert_false(metadata_is_ctf_2(metadata_path));
	make_file(metadata_path, make_metadata, strlen(make_metadata));
	assert_false(metadata_is_ctf_2(metadata_path));
	make_file(metadata_path, make_metadata_ctf_2(), 1);
	assert_true(metadata_is_ctf_2(metadata_path));
	make_file(metadata_path, packet, sizeof(packet));
	assert_false(metadata_is_ctf_2(metadata_path));
	packet[35] = 2;
	make_file(metadata_path, packet, sizeof(packet));
	assert_true(metadata_is_ctf_2(metadata_path));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(packets_are_in_the_stream),
		TEST(other_files_are_not_judged),
		TEST(metadata_ends_with_a_packet),
		TEST(text_is_whole_unless_it_is_empty),
		TEST(ctf_2_is_told_from_1_8),
	};

	return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memfd_create */
#include "common/file_bytes.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

enum { PAGE = 4096 };

static int file;

static int setup(void **state)
{
	(void)state;
	file = memfd_create("file", MFD_CLOEXEC);
	return file < 0;
}

static int teardown(void **state)
{
	(void)state;
	return close(file);
}

static void write_at(const char *text, off_t at)
{
	ssize_t size = (ssize_t)strlen(text);

	assert_int_equal(pwrite(file, text, (size_t)size, at), size);
}

static void it_is_what_was_there(void **state)
{
	struct file_bytes read;

	(void)state;
	write_at("text", 0);
	write_at("more", 10 * PAGE);
	assert_int_equal(file_bytes_read(&read, file), 0);
	assert_int_equal(read.size, 10 * PAGE + 4);
	write_at("xxxx", 0);
	assert_int_equal(ftruncate(file, 0), 0);
	assert_memory_equal(read.bytes, "text", 5);
	assert_memory_equal(read.bytes + 10 * PAGE, "more", 4);
	read.bytes[PAGE] = 'x'; /* it is one's own */
	file_bytes_free(&read);
	assert_int_equal(file_bytes_read(&read, file), 0);
	assert_int_equal(read.size, 0);
	file_bytes_free(&read);
}

/* Such a file is quickly made by whoever wants to harm. */
static void holes_are_not_read(void **state)
{
	const uint64_t size = 1ull << 33;
	struct file_bytes read;
	struct rusage before, after;

	(void)state;
	write_at("text", (off_t)size / 2);
	assert_int_equal(ftruncate(file, (off_t)size), 0);
	getrusage(RUSAGE_SELF, &before);
	assert_int_equal(file_bytes_read(&read, file), 0);
	getrusage(RUSAGE_SELF, &after);
	assert_int_equal(read.size, size);
	assert_memory_equal(read.bytes + size / 2, "text", 4);
	assert_true(after.ru_minflt - before.ru_minflt < 1000);
	file_bytes_free(&read);
}

static void what_cannot_be_read_is_an_error(void **state)
{
	struct file_bytes read;
	int closed = dup(file);

	(void)state;
	close(closed);
	assert_int_equal(file_bytes_read(&read, closed), -1);
	assert_int_equal(errno, EBADF);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(it_is_what_was_there),
		TEST(holes_are_not_read),
		TEST(what_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests_name("file_bytes", tests, NULL, NULL);
}

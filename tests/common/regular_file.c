/* SPDX-License-Identifier: MIT */
#include "common/regular_file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/await-regular-file-XXXXXX";
static char path[64], to_file[64];

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/file", folder);
	snprintf(to_file, sizeof(to_file), "%s/link", folder);
	return symlink(path, to_file);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(to_file) || rmdir(folder);
}

static void refused(const char *what, uint64_t most, int error)
{
	assert_int_equal(regular_file_open(what, most), -1);
	assert_int_equal(errno, error);
}

static void files_are_opened(void **state)
{
	FILE *file = fopen(path, "w");
	char text[8] = "";
	int fd;

	(void)state;
	assert_non_null(file);
	fputs("text", file);
	fclose(file);
	fd = regular_file_open(to_file, 4);
	assert_true(fd >= 0);
	assert_int_equal(read(fd, text, sizeof(text)), 4);
	assert_string_equal(text, "text");
	close(fd);
	refused(path, 3, EFBIG);
	file = regular_file_read(path);
	assert_non_null(file);
	assert_int_equal(fread(text, 1, sizeof(text), file), 4);
	fclose(file);
	unlink(path);
	refused(path, 4, ENOENT);
	assert_null(regular_file_read(path));
}

static void nothing_else_is(void **state)
{
	(void)state;
	refused(folder, 1, EINVAL);
	refused("/dev/zero", 1, EINVAL);
	/* Would wait for somebody who writes. */
	assert_int_equal(mkfifo(path, 0600), 0);
	refused(path, 1, EINVAL);
	refused(to_file, 1, EINVAL);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_opened),
		cmocka_unit_test(nothing_else_is),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, setup, teardown);
}

/* SPDX-License-Identifier: MIT */
#include "common/elf_class.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/await-elf-class-XXXXXX";
static char path[64], other[64];

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/file", folder);
	snprintf(other, sizeof(other), "%s/other", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return rmdir(folder);
}

static void write_file(const char *to, const char *bytes, size_t size)
{
	FILE *file = fopen(to, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fclose(file);
}

static void write_script(const char *to, const char *begin,
			 const char *interpreter, const char *end)
{
	char text[512];
	int size =
		snprintf(text, sizeof(text), "%s%s%s", begin, interpreter, end);

	write_file(to, text, (size_t)size);
}

static void programs(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		bool is_32;
	} cases[] = {
		{ "\177ELF\1\1\1", 7, true },
		{ "\177ELF\1", 5, true },
		{ "\177ELF\2\1\1", 7, false },
		{ "\177ELF", 4, false },
		{ "\177EL", 3, false },
		{ "", 0, false },
		{ "#!", 2, false },
		{ "#! \t", 4, false },
		{ "#!\n\177ELF\1", 8, false },
		{ "ELF\1\1\1\1", 7, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_file(path, cases[i].bytes, cases[i].size);
		assert_int_equal(elf_class_is_32(path), cases[i].is_32);
	}
	unlink(path);
	assert_false(elf_class_is_32(path));
	assert_false(elf_class_is_32(""));
}

static void scripts_are_followed(void **state)
{
	(void)state;
	write_file(other, "\177ELF\1\1\1", 7);
	write_script(path, "#!", other, "\necho\n");
	assert_true(elf_class_is_32(path));
	write_script(path, "#! \t", other, " argument\n");
	assert_true(elf_class_is_32(path));
	write_script(path, "#!", other, "");
	assert_true(elf_class_is_32(path));
	write_script(path, "\n#!", other, "\n");
	assert_false(elf_class_is_32(path));
	write_file(other, "\177ELF\2\1\1", 7);
	write_script(path, "#!", other, "\n");
	assert_false(elf_class_is_32(path));
	unlink(other);
	assert_false(elf_class_is_32(path));
	unlink(path);
}

/* These would be waited for, or be read without an end. */
static void nothing_else_is_opened(void **state)
{
	char longest[300];

	(void)state;
	write_script(path, "#!", path, "\n"); /* itself */
	assert_false(elf_class_is_32(path));
	write_script(path, "#!", other, "\n");
	assert_int_equal(mkfifo(other, 0600), 0);
	assert_false(elf_class_is_32(other));
	assert_false(elf_class_is_32(path));
	unlink(other);
	assert_int_equal(symlink("/dev/zero", other), 0);
	assert_false(elf_class_is_32(other));
	assert_false(elf_class_is_32(path));
	unlink(other);
	assert_int_equal(symlink(other, other), 0);
	assert_false(elf_class_is_32(path));
	unlink(other);
	assert_false(elf_class_is_32(folder));
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	write_script(path, "#!/", longest, "\n");
	assert_false(elf_class_is_32(path));
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs),
		cmocka_unit_test(scripts_are_followed),
		cmocka_unit_test(nothing_else_is_opened),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

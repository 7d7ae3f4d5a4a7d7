/* SPDX-License-Identifier: MIT */
/* Addresses of this program become lines, by mappings that a trace would have.
 */
#define _GNU_SOURCE
#include "symbols/symbols.h"

#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PROCESS = 7 };

/* The address after the call of it. */
__attribute__((noinline)) static uint64_t here(void)
{
	return (uintptr_t)__builtin_return_address(0);
}

/* Of the program itself, which comes first. */
static int find_program(struct dl_phdr_info *info, size_t size, void *data)
{
	struct mapped_file *file = data;

	(void)size;
	file->base = info->dlpi_addr;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD)
			file->size = info->dlpi_phdr[i].p_vaddr +
				     info->dlpi_phdr[i].p_memsz;
	return 1;
}

static struct mapped_file program(int64_t time)
{
	struct mapped_file file = { .process = PROCESS,
				    .time = time,
				    .has_build_id = true,
				    .path = "/proc/self/exe" };

	dl_iterate_phdr(find_program, &file);
	return file;
}

static const char *describe(const struct symbols *symbols, int64_t process,
			    int64_t at, uint64_t addr)
{
	static char text[256];

	symbols_describe(symbols, process, at, addr, text, sizeof(text));
	return text;
}

static void lines_of_a_mapping(void **state)
{
	struct mapped_file file = program(10);
	struct symbols symbols = { 0 };
	char bare[32];
	const char *text;
	uint64_t addr;
	int line;

	(void)state;
	addr = here(), line = __LINE__;
	assert_int_equal(symbols_note(&symbols, &file), 0);
	snprintf(bare, sizeof(bare), "0x%llx", (unsigned long long)addr);
	assert_string_equal(describe(&symbols, PROCESS + 1, 20, addr), bare);
	assert_string_equal(describe(&symbols, PROCESS, 20, 0), "0x0");
	text = describe(&symbols, PROCESS, 20, addr - 1);
	assert_non_null(strstr(text, "symbols.c:"));
	assert_int_equal(atoi(strrchr(text, ':') + 1), line);
	symbols_free(&symbols);
}

/* Of two mappings at an address, the last before the event counts; if there is
 * none, the first after it. */
static void mappings_have_their_time(void **state)
{
	struct mapped_file first = program(10), second = program(20);
	struct symbols symbols = { 0 };

	(void)state;
	first.path = "/nowhere/first";
	second.path = "/nowhere/second";
	assert_int_equal(symbols_note(&symbols, &first), 0);
	assert_int_equal(symbols_note(&symbols, &second), 0);
	assert_string_equal(describe(&symbols, PROCESS, 5, first.base + 0x12),
			    "first+0x12");
	assert_string_equal(describe(&symbols, PROCESS, 10, first.base + 0x12),
			    "first+0x12");
	assert_string_equal(describe(&symbols, PROCESS, 20, first.base + 0x12),
			    "second+0x12");
	symbols_free(&symbols);
}

static void rebuilt_files_are_not_used(void **state)
{
	struct mapped_file file = program(10), id = program(10);
	struct symbols symbols = { 0 };
	char expected[64];
	char text[TRACED_FILE_PROBLEM];
	uint64_t addr = here(), offset;

	(void)state;
	id.path = NULL;
	id.build_id[0] = 1;
	id.build_id_size = 20;
	assert_int_equal(symbols_note(&symbols, &file), 0);
	assert_int_equal(symbols_note(&symbols, &id), 0);
	snprintf(expected, sizeof(expected), "exe+0x%llx",
		 (unsigned long long)(addr - file.base));
	assert_string_equal(describe(&symbols, PROCESS, 20, addr), expected);
	assert_true(traced_file_problem(
		symbols_file(&symbols, PROCESS, 20, addr, &offset), text));
	assert_non_null(
		strstr(text, "/proc/self/exe: another build than the one that "
			     "ran (build-id 01000000..., now "));
	symbols_free(&symbols);
}

/* Notes a file of that name at 0x1000. */
static void note(struct symbols *symbols, const char *path, int64_t time,
		 bool loaded)
{
	const struct mapped_file file = { .process = PROCESS,
					  .time = time,
					  .base = 0x1000,
					  .size = 0x1000,
					  .path = path,
					  .loaded = loaded };

	assert_int_equal(symbols_note(symbols, &file), 0);
}

static void note_unload(struct symbols *symbols, int64_t time)
{
	const struct mapped_file file = { .process = PROCESS,
					  .time = time,
					  .base = 0x1000,
					  .unloaded = true };

	assert_int_equal(symbols_note(symbols, &file), 0);
}

static void note_dump(struct symbols *symbols, int64_t time)
{
	const struct mapped_file file = { .process = PROCESS,
					  .time = time,
					  .dumped = true };

	assert_int_equal(symbols_note(symbols, &file), 0);
}

static void is_at(const struct symbols *symbols, int64_t time,
		  const char *expected)
{
	assert_string_equal(describe(symbols, PROCESS, time, 0x1005), expected);
}

/* LTTng tells first of one of both, by chance. What was loaded was not there
 * before. */
static void unloaded_files_are_gone(void **state)
{
	struct symbols symbols = { 0 };

	(void)state;
	note(&symbols, "/nowhere/first", 10, true);
	note(&symbols, "/nowhere/second", 20, true);
	note_unload(&symbols, 20);
	is_at(&symbols, 5, "0x1005");
	is_at(&symbols, 15, "first+0x5");
	is_at(&symbols, 25, "second+0x5");
	note_unload(&symbols, 30);
	note(&symbols, "/nowhere/third", 40, true);
	is_at(&symbols, 29, "second+0x5");
	is_at(&symbols, 35, "0x1005");
	is_at(&symbols, 45, "third+0x5");
	symbols_free(&symbols);
}

/* A program says when it began, before or after its files are dumped; a session
 * has them dumped once more. */
static void programs_have_their_files(void **state)
{
	struct symbols symbols = { 0 };

	(void)state;
	note_dump(&symbols, 10);
	note(&symbols, "/nowhere/first", 11, false);
	assert_int_equal(symbols_program(&symbols, PROCESS, 8), 0);
	note_dump(&symbols, 20);
	note(&symbols, "/nowhere/first", 21, false);
	assert_int_equal(symbols_program(&symbols, PROCESS, 8), 0);
	assert_int_equal(symbols_program(&symbols, PROCESS, 30), 0);
	note_dump(&symbols, 40);
	note(&symbols, "/nowhere/second", 41, false);
	note_dump(&symbols, 50);
	assert_int_equal(symbols_program(&symbols, PROCESS, 55), 0);
	is_at(&symbols, 9, "first+0x5");
	is_at(&symbols, 20, "first+0x5");
	is_at(&symbols, 29, "first+0x5");
	is_at(&symbols, 31, "second+0x5");
	is_at(&symbols, 45, "second+0x5");
	is_at(&symbols, 60, "0x1005");
	symbols_free(&symbols);
}

/* As a vdso, which has no path: not even if there is a file of that name. */
static void names_of_no_files(void **state)
{
	struct symbols symbols = { 0 };
	char text[TRACED_FILE_PROBLEM];
	uint64_t offset;

	(void)state;
	note(&symbols, "[vdso]", 10, false);
	is_at(&symbols, 10, "[vdso]+0x5");
	assert_false(traced_file_problem(
		symbols_file(&symbols, PROCESS, 10, 0x1005, &offset), text));
	symbols_free(&symbols);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_a_mapping),
		cmocka_unit_test(mappings_have_their_time),
		cmocka_unit_test(rebuilt_files_are_not_used),
		cmocka_unit_test(unloaded_files_are_gone),
		cmocka_unit_test(programs_have_their_files),
		cmocka_unit_test(names_of_no_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

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
	uint64_t addr = here();

	(void)state;
	id.path = NULL;
	id.build_id[0] = 1;
	id.build_id_size = 20;
	assert_int_equal(symbols_note(&symbols, &file), 0);
	assert_int_equal(symbols_note(&symbols, &id), 0);
	snprintf(expected, sizeof(expected), "exe+0x%llx (rebuilt since)",
		 (unsigned long long)(addr - file.base));
	assert_string_equal(describe(&symbols, PROCESS, 20, addr), expected);
	symbols_free(&symbols);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_a_mapping),
		cmocka_unit_test(mappings_have_their_time),
		cmocka_unit_test(rebuilt_files_are_not_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

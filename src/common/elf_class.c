/* SPDX-License-Identifier: MIT */
/* See elf_class.h. */
#include "common/elf_class.h"

#include "common/regular_file.h"

#include <elf.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* As many as Linux reads of a script, and follows from one to the next. */
enum { BEGIN_SIZE = 256, SCRIPTS = 5 };

/* Makes `begin` the path after "#!", or returns false. */
static bool find_interpreter(char *begin)
{
	char *path = begin + 2;

	if (memcmp(begin, "#!", 2) != 0)
		return false;
	path += strspn(path, " \t");
	path[strcspn(path, " \t\n")] = '\0';
	memmove(begin, path, strlen(path) + 1);
	return *begin != '\0';
}

/* What it does not have is 0. Returns false if it cannot be read. */
static bool read_begin(const char *path, char begin[BEGIN_SIZE + 1])
{
	int file = regular_file_open(path, INT64_MAX);
	ssize_t got;

	memset(begin, 0, BEGIN_SIZE + 1);
	if (file < 0)
		return false;
	got = pread(file, begin, BEGIN_SIZE, 0);
	close(file);
	return got > 0;
}

bool elf_class_is_32(const char *path)
{
	char begin[BEGIN_SIZE + 1], next[BEGIN_SIZE + 1];
	bool read = read_begin(path, begin);

	for (int i = 0; read && i < SCRIPTS && find_interpreter(begin); i++) {
		memcpy(next, begin, sizeof(next));
		read = read_begin(next, begin);
	}
	return read && !memcmp(begin, ELFMAG, SELFMAG) &&
	       begin[EI_CLASS] == ELFCLASS32;
}

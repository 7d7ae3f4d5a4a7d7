/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int fuzz_descriptor(void)
{
	static int file;

	if (!file)
		file = memfd_create("fuzz", MFD_CLOEXEC);
	if (file < 0)
		abort();
	return file;
}

const char *fuzz_file(const uint8_t *data, size_t size)
{
	static char path[64];
	int file = fuzz_descriptor();

	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	if (ftruncate(file, 0) || pwrite(file, data, size, 0) != (ssize_t)size)
		abort();
	return path;
}

uint64_t fuzz_take(struct fuzz_input *input, size_t size)
{
	uint64_t number = 0;

	if (size > input->left)
		size = input->left;
	memcpy(&number, input->at, size);
	input->at += size;
	input->left -= size;
	return number;
}

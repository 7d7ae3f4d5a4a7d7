/* SPDX-License-Identifier: MIT */
/*
 * What a file has at one moment, as memory of one's own. Where a file that
 * others may write is mapped, to look at what they have cut off ends the
 * process.
 */
#pragma once

#include <stdint.h>

struct file_bytes {
	char *bytes;
	uint64_t size;
	uint64_t held; /* of these, without holes */
	uint64_t room; /* of the memory */
};

/* Reads an open file, of which holes take no memory. If it is cut meanwhile, it
 * is as if it had been before. Returns 0 or -1 with errno. */
int file_bytes_read(struct file_bytes *read, int file);
void file_bytes_free(struct file_bytes *read);

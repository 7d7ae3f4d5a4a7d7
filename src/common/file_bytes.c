/* SPDX-License-Identifier: MIT */
/* See file_bytes.h. */
#define _GNU_SOURCE /* SEEK_DATA */
#include "common/file_bytes.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where the next hole or data begins, or the end. Not every file system knows.
 */
static uint64_t seek(int file, uint64_t at, uint64_t end, int what)
{
	off_t found = lseek(file, (off_t)at, what);

	if (found < 0)
		return what == SEEK_DATA && errno != ENXIO ? at : end;
	return (uint64_t)found < end ? (uint64_t)found : end;
}

/* Up to the end of the file, which may have come nearer. */
static int read_part(const struct file_bytes *read, int file, uint64_t at,
		     uint64_t to)
{
	while (at < to) {
		ssize_t got = pread(file, read->bytes + at, to - at, (off_t)at);

		if (got == 0)
			return 0;
		if (got > 0)
			at += (uint64_t)got;
		else if (errno != EINTR)
			return -1;
	}
	return 0;
}

static int read_all(struct file_bytes *read, int file)
{
	const uint64_t end = read->size;
	uint64_t at = 0;

	while ((at = seek(file, at, end, SEEK_DATA)) < end) {
		uint64_t to = seek(file, at, end, SEEK_HOLE);

		/* What was there is a hole by now. */
		if (to == at)
			return 0;
		if (read_part(read, file, at, to))
			return -1;
		read->held += to - at;
		at = to;
	}
	return 0;
}

int file_bytes_read(struct file_bytes *read, int file)
{
	struct stat status;

	*read = (struct file_bytes){ 0 };
	if (fstat(file, &status))
		return -1;
	if (status.st_size == 0)
		return 0;
	read->size = read->room = (uint64_t)status.st_size;
	read->bytes = mmap(NULL, read->room, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (read->bytes == MAP_FAILED)
		return -1;
	if (read_all(read, file) || fstat(file, &status)) {
		file_bytes_free(read);
		return -1;
	}
	if ((uint64_t)status.st_size < read->size)
		read->size = (uint64_t)status.st_size;
	return 0;
}

void file_bytes_free(struct file_bytes *read)
{
	const int error = errno;

	if (read->room)
		munmap(read->bytes, read->room);
	errno = error;
}

/* SPDX-License-Identifier: MIT */
/* See regular_file.h. */
#define _GNU_SOURCE /* O_PATH */
#include "common/regular_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Returns 0 or an errno. */
static int judge(int fd, uint64_t most)
{
	struct stat status;

	if (fstat(fd, &status))
		return errno;
	if (!S_ISREG(status.st_mode))
		return EINVAL;
	return (uint64_t)status.st_size > most ? EFBIG : 0;
}

/* Where /proc is not mounted it has to be opened at once, which a FIFO does not
 * hold up, either. */
static int open_found(int found, const char *path)
{
	const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	char link[64];
	int fd;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", found);
	fd = open(link, flags);
	return fd < 0 && errno == ENOENT ? open(path, flags) : fd;
}

int regular_file_open(const char *path, uint64_t most)
{
	int found = open(path, O_PATH | O_CLOEXEC), fd = -1, error;

	if (found < 0)
		return -1;
	error = judge(found, most);
	if (!error) {
		fd = open_found(found, path);
		error = fd < 0 ? errno : judge(fd, most);
	}
	close(found);
	if (!error)
		return fd;
	if (fd >= 0)
		close(fd);
	errno = error;
	return -1;
}

FILE *regular_file_read(const char *path)
{
	int fd = regular_file_open(path, UINT64_MAX);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	int error = errno;

	if (!file && fd >= 0)
		close(fd);
	errno = error;
	return file;
}

/* SPDX-License-Identifier: MIT */
/* Reading and writing golden files. A file is written whole or not at all: to a
 * temporary file in the same folder, which is then renamed. */
#define _GNU_SOURCE /* asprintf, gettid */
#include "libawait-test/assert/golden_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *golden_file_read(const char *path)
{
	FILE *stream = fopen(path, "re");
	char *content = NULL;
	size_t room = 0;
	bool whole;

	if (!stream)
		return NULL;
	errno = 0;
	whole = getdelim(&content, &room, '\0', stream) >= 0 ||
		(feof(stream) && !ferror(stream));
	if (whole && feof(stream) && room > 0) {
		/* getdelim() leaves the buffer of an empty file as it is. */
		if (ftell(stream) == 0)
			content[0] = '\0';
	} else {
		errno = errno ? errno : EILSEQ;
		free(content);
		content = NULL;
	}
	fclose(stream);
	return content;
}

static int write_all(int fd, const char *content)
{
	size_t left = strlen(content);

	while (left > 0) {
		ssize_t written = write(fd, content, left);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0) {
			content += written;
			left -= (size_t)written;
		}
	}
	return 0;
}

static int replace(const char *path, const char *temporary, const char *content)
{
	int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int rc;

	if (fd < 0)
		return -errno;
	rc = write_all(fd, content);
	if (close(fd) != 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && rename(temporary, path) != 0)
		rc = -errno;
	if (rc != 0)
		unlink(temporary);
	return rc;
}

int golden_file_write(const char *path, const char *content)
{
	char *temporary;
	int rc;

	if (asprintf(&temporary, "%s.%d", path, gettid()) < 0)
		return -ENOMEM;
	rc = replace(path, temporary, content);
	free(temporary);
	return rc;
}

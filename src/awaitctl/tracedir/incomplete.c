/* SPDX-License-Identifier: MIT */
/* See incomplete.h. */
#define _GNU_SOURCE
#include "awaitctl/tracedir/incomplete.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "incomplete"

int incomplete_mark(const struct folder *output, const char *text,
		    struct trouble *why)
{
	int file = folder_file(output, NAME, O_WRONLY | O_CREAT | O_TRUNC);
	bool failed = file < 0 || dprintf(file, "%s\n", text) < 0;

	if (file >= 0 && close(file))
		failed = true;
	if (!failed)
		return 0;
	return trouble(why,
		       "cannot write %s/" NAME
		       ": %s; so the report won't say that the trace is "
		       "incomplete",
		       output->path, strerror(errno));
}

int incomplete_mark_lost(const struct folder *output,
			 const struct unconsumed *unconsumed,
			 struct trouble *why)
{
	char text[256] = "what came when the buffers were full is lost, "
			 "uncounted";

	if (unconsumed->lost)
		snprintf(text, sizeof(text),
			 "at least %" PRIu64 " full buffer%s that LTTng could "
			 "not write, and what came when there was no room for "
			 "more, are lost, uncounted",
			 unconsumed->lost, unconsumed->lost == 1 ? "" : "s");
	if (unconsumed->lost || unconsumed->full)
		return incomplete_mark(output, text, why);
	return 0;
}

bool incomplete_is_unfinished(const char *directory)
{
	char link[PATH_MAX];
	struct stat status;

	snprintf(link, sizeof(link), "%s/shm", directory);
	return lstat(link, &status) == 0 && S_ISLNK(status.st_mode);
}

bool incomplete_is(const char *directory, char *text, size_t size)
{
	char path[PATH_MAX];
	FILE *file;
	int fd;

	if (incomplete_is_unfinished(directory)) {
		snprintf(text, size,
			 "what its buffers hold is missing; first: awaitctl "
			 "recover %s",
			 directory);
		return true;
	}
	snprintf(path, sizeof(path), "%s/" NAME, directory);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file)
		return false;
	if (!fgets(text, (int)size, file))
		*text = '\0';
	fclose(file);
	text[strcspn(text, "\n")] = '\0';
	return true;
}

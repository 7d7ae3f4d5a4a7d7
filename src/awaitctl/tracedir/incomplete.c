/* SPDX-License-Identifier: MIT */
/* See incomplete.h. */
#include "awaitctl/tracedir/incomplete.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void name_file(char path[PATH_MAX], const char *directory)
{
	snprintf(path, PATH_MAX, "%s/incomplete", directory);
}

int incomplete_mark(const char *directory, const char *text,
		    struct trouble *why)
{
	char path[PATH_MAX];
	FILE *file;
	bool failed;

	name_file(path, directory);
	file = fopen(path, "we");
	failed = !file || fprintf(file, "%s\n", text) < 0;
	if (file && fclose(file))
		failed = true;
	if (!failed)
		return 0;
	return trouble(why,
		       "cannot write %s: %s; so the report won't say that the "
		       "trace is incomplete",
		       path, strerror(errno));
}

int incomplete_mark_lost(const char *directory,
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
		return incomplete_mark(directory, text, why);
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

	if (incomplete_is_unfinished(directory)) {
		snprintf(text, size,
			 "what its buffers hold is missing; first: awaitctl "
			 "recover %s",
			 directory);
		return true;
	}
	name_file(path, directory);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(text, (int)size, file))
		*text = '\0';
	fclose(file);
	text[strcspn(text, "\n")] = '\0';
	return true;
}

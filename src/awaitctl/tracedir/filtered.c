/* SPDX-License-Identifier: MIT */
/* See filtered.h. */
#define _GNU_SOURCE
#include "awaitctl/tracedir/filtered.h"

#include "awaitctl/common/filter_tokens.h"
#include "awaitctl/common/say.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* An expression may be long; the names of events are not. */
enum { FILE_MAX = 128 << 10, LINE_MAX_READ = 72 << 10 };

static void write_line(FILE *file, const char *text)
{
	for (; *text; text++)
		fputc(*text == '\n' ? ' ' : *text, file);
	fputc('\n', file);
}

int filtered_write(const struct folder *folder, const char *text,
		   const char *const *events, struct trouble *why)
{
	int fd =
		folder_file(folder, FILTERED_FILE, O_WRONLY | O_CREAT | O_EXCL);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	bool failed = !file;

	if (file) {
		write_line(file, text);
		for (; *events; events++)
			write_line(file, *events);
		failed = ferror(file);
		failed = fclose(file) || failed;
	} else if (fd >= 0) {
		close(fd);
	}
	if (!failed)
		return 0;
	return trouble(why, "cannot write %s/" FILTERED_FILE ": %s",
		       folder->path, strerror(errno));
}

/* Leaves out the end of the line. False at the end of the file. */
static bool read_line(FILE *file, char *line, size_t size)
{
	if (!fgets(line, (int)size, file))
		return false;
	line[strcspn(line, "\n")] = '\0';
	return true;
}

static bool read_all(struct filtered *filtered, FILE *file)
{
	static char line[LINE_MAX_READ];
	size_t count = 0;

	if (!read_line(file, line, sizeof(line)))
		return false;
	filtered->text = must_copy(line);
	while (count < FILTERED_EVENTS_MAX - 1 &&
	       read_line(file, line, sizeof(line)))
		filtered->events[count++] = must_copy(line);
	filtered->events[count] = NULL;
	return count > 0;
}

static FILE *open_file(const char *directory)
{
	char path[PATH_MAX];
	struct stat status;
	int fd;

	snprintf(path, sizeof(path), "%s/" FILTERED_FILE, directory);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_size <= FILE_MAX)
		return fdopen(fd, "r");
	close(fd);
	return NULL;
}

bool filtered_read(struct filtered *filtered, const char *directory)
{
	FILE *file = open_file(directory);
	bool sound;

	*filtered = (struct filtered){ 0 };
	if (!file)
		return false;
	sound = read_all(filtered, file);
	fclose(file);
	return sound;
}

void filtered_free(struct filtered *filtered)
{
	for (char **event = filtered->events; *event; event++)
		free(*event);
	free(filtered->text);
}

bool filtered_has(const struct filtered *filtered, const char *event)
{
	for (char *const *each = filtered->events; *each; each++)
		if (strcmp(*each, event) == 0)
			return true;
	return false;
}

static bool is_of_await(const struct filter_token *token)
{
	static const char *const lasting[] = { "id", "function", "type",
					       "$ctx.vpid" };
	const size_t count = sizeof(lasting) / sizeof(lasting[0]);

	if (token->kind != TOKEN_FIELD && *token->start != '$')
		return true;
	for (size_t i = 0; i < count; i++)
		if (filter_token_is(token, lasting[i]))
			return true;
	return false;
}

bool filtered_by_await(const struct filtered *filtered)
{
	const char *at = filtered->text;
	struct filter_token token;

	while (filter_token_next(&at, &token))
		if (!is_of_await(&token))
			return false;
	return true;
}

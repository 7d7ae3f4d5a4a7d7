/* SPDX-License-Identifier: MIT */
/* See tracer_file.h. */
#include "awaitctl/doctor/tracer_file.h"

#include "awaitctl/doctor/tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int tracer_file_find(struct tracer_file *tracer, const struct library *library,
		     char path[PATH_MAX])
{
	const char *end = strrchr(library->path, '/');
	int length;

	memset(tracer, 0, sizeof(*tracer));
	if (end)
		length = snprintf(path, PATH_MAX, "%.*s/" TRACER_FILE_NAME,
				  (int)(end - library->path), library->path);
	else
		length = snprintf(path, PATH_MAX,
				  INSTALLED_LIBDIR "/" TRACER_FILE_NAME);
	if (length >= PATH_MAX || access(path, F_OK))
		return -1;
	memcpy(tracer->path, path, (size_t)length + 1);
	return 0;
}

/* A line of ldd: "\tname => path (0x...)" or "\tname => not found". */
static void take_line(struct tracer_file *tracer, char *line)
{
	char *arrow = strstr(line, " => "), *end;

	line += strspn(line, " \t");
	if (!arrow)
		return;
	*arrow = '\0';
	arrow += strlen(" => ");
	if (!strncmp(arrow, "not found", strlen("not found"))) {
		if (!*tracer->missing)
			snprintf(tracer->missing, sizeof(tracer->missing), "%s",
				 line);
		return;
	}
	end = strstr(arrow, " (0x");
	if (end)
		*end = '\0';
	if (!strncmp(line, "liblttng-ust.so", strlen("liblttng-ust.so")) &&
	    !realpath(arrow, tracer->lttng_ust))
		*tracer->lttng_ust = '\0';
}

int tracer_file_needs(struct tracer_file *tracer, char *why, size_t size)
{
	char name[] = "ldd", *line, *next;
	char *const argv[] = { name, tracer->path, NULL };
	struct tool tool;
	enum tool_result result = tool_run(&tool, argv, NULL);

	if (result != TOOL_RAN) {
		tool_explain(&tool, result, name, why, size);
		return -1;
	}
	if (tool.status != 0) {
		snprintf(why, size, "ldd says: %s", tool_first_line(&tool));
		return -1;
	}
	for (line = tool.output; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		take_line(tracer, line);
	}
	return 0;
}

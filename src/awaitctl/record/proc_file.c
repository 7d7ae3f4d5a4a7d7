/* SPDX-License-Identifier: MIT */
/* See proc_file.h. */
#define _GNU_SOURCE
#include "awaitctl/record/proc_file.h"

#include <stdlib.h>
#include <string.h>

FILE *proc_open(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return fopen(path, "re");
}

bool proc_contains(pid_t pid, const char *name, int end, const char *text)
{
	FILE *file = proc_open(pid, name);
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (file && !found && getdelim(&line, &size, end, file) > 0)
		found = strstr(line, text) != NULL;
	free(line);
	if (file)
		fclose(file);
	return found;
}

void proc_command(pid_t pid, char *command, size_t size)
{
	FILE *file = proc_open(pid, "comm");

	*command = '\0';
	if (file && fgets(command, (int)size, file))
		command[strcspn(command, "\n")] = '\0';
	if (file)
		fclose(file);
}

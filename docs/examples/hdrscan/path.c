/* SPDX-License-Identifier: MIT */
/*
 * The include path: what -I names, or what the compiler says. gcc and clang
 * print theirs, one directory a line, between two known lines:
 *
 *     #include <...> search starts here:
 *      /usr/local/include
 *      /usr/include
 *     End of search list.
 *
 * Directories are kept by their real names, so that a header found below one
 * has the same name whichever way it was reached.
 */
#define _GNU_SOURCE /* asprintf */
#include "header.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int complain(const char *dir)
{
	int error = errno;

	fprintf(stderr, "hdrscan: include directory %s: %s\n", dir,
		strerror(error));
	return -error;
}

int path_add(struct path *path, const char *dir)
{
	char **dirs;
	char *real;
	DIR *open = opendir(dir);

	if (!open)
		return complain(dir);
	closedir(open);
	real = realpath(dir, NULL);
	if (!real)
		return complain(dir);
	dirs = realloc(path->dirs, (path->count + 1) * sizeof(*dirs));
	if (!dirs) {
		free(real);
		return complain(dir);
	}
	dirs[path->count++] = real;
	path->dirs = dirs;
	return 0;
}

static int read_answer(struct path *path, FILE *answer)
{
	char line[PATH_MAX + 2];
	bool inside = false;
	int rc = 0;

	/* Read to its end even after an error, or the compiler would be killed
	 * by its next line. */
	while (fgets(line, sizeof(line), answer)) {
		line[strcspn(line, "\n")] = '\0';
		if (strcmp(line, "End of search list.") == 0)
			inside = false;
		if (inside && line[0] == ' ' && rc == 0)
			rc = path_add(path, line + 1);
		if (strcmp(line, "#include <...> search starts here:") == 0)
			inside = true;
	}
	return rc;
}

int path_ask_compiler(struct path *path)
{
	const char *compiler = getenv("CC");
	char *command;
	FILE *answer;
	int rc;

	if (!compiler || !*compiler)
		compiler = "cc";
	/* Without LC_ALL the lines would come translated. */
	if (asprintf(&command,
		     "LC_ALL=C %s -E -v -x c /dev/null 2>&1 >/dev/null",
		     compiler) < 0)
		return -ENOMEM;
	answer = popen(command, "re");
	free(command);
	if (!answer)
		return complain("from the compiler");
	rc = read_answer(path, answer);
	if (pclose(answer) != 0 || (rc == 0 && path->count == 0)) {
		fprintf(stderr,
			"hdrscan: '%s -E -v' names no include directories: "
			"set CC to a compiler, or use -I\n",
			compiler);
		return -ENOENT;
	}
	return rc;
}

void path_clear(struct path *path)
{
	for (size_t i = 0; i < path->count; i++)
		free(path->dirs[i]);
	free(path->dirs);
}

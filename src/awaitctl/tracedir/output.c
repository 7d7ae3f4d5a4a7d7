/* SPDX-License-Identifier: MIT */
/* See output.h. */
#define _GNU_SOURCE
#include "awaitctl/tracedir/output.h"

#include "awaitctl/tracedir/tree.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void program_label(char label[64], const char *program)
{
	const char *slash = strrchr(program, '/');

	snprintf(label, 64, "%s", slash ? slash + 1 : program);
	for (char *c = label; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
			*c = '_';
}

static int cannot_make(const char *path, struct trouble *why)
{
	return trouble(why,
		       "cannot make the directory %s: %s; choose another with "
		       "-o",
		       path, strerror(errno));
}

/* 1 if it is empty, 0 if not, -1 with errno if it cannot be read. */
static int is_empty(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	int empty = 1;

	if (!directory)
		return -1;
	while ((entry = readdir(directory)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			empty = 0;
	closedir(directory);
	return empty;
}

static int use_given(struct output *output, const char *path,
		     struct trouble *why)
{
	int empty;

	if (mkdir(path, 0777) == 0) {
		output->made = true;
		return 0;
	}
	if (errno != EEXIST)
		return cannot_make(path, why);
	empty = is_empty(path);
	if (empty < 0)
		return cannot_make(path, why);
	if (empty && access(path, W_OK | X_OK) < 0)
		return cannot_make(path, why);
	if (empty)
		return 0;
	return trouble(why, "%s is not empty: choose another directory with -o",
		       path);
}

void output_dated(char path[PATH_MAX], const char *program)
{
	char label[64], date[32];
	time_t now = time(NULL);

	program_label(label, program);
	strftime(date, sizeof(date), "%Y%m%d-%H%M%S", localtime(&now));
	snprintf(path, PATH_MAX, "await-%s-%s", label, date);
}

/* Recordings of one program that begin in the same second are numbered. */
static int use_dated(struct output *output, char *path, const char *program,
		     struct trouble *why)
{
	size_t length;

	output_dated(path, program);
	length = strlen(path);
	for (int i = 2; mkdir(path, 0777) < 0; i++) {
		if (errno != EEXIST || i > 99)
			return cannot_make(path, why);
		snprintf(path + length, PATH_MAX - length, "-%d", i);
	}
	output->made = true;
	return 0;
}

int output_prepare(struct output *output, const char *directory,
		   const char *program, struct trouble *why)
{
	char dated[PATH_MAX];
	struct stat status;

	output->made = false;
	if (directory ? use_given(output, directory, why) :
			use_dated(output, dated, program, why))
		return -1;
	if (!directory)
		directory = dated;
	if (realpath(directory, output->path) &&
	    stat(output->path, &status) == 0) {
		output->inode = status.st_ino;
		return 0;
	}
	return trouble(why,
		       "cannot use %s: %s; choose another directory with "
		       "-o",
		       directory, strerror(errno));
}

bool output_is_there(const struct output *output)
{
	struct stat status;

	return stat(output->path, &status) == 0 &&
	       status.st_ino == output->inode;
}

int output_check(const struct output *output, struct trouble *why)
{
	if (output_is_there(output))
		return 0;
	return trouble(why,
		       "%s was removed or renamed: record again, and leave it "
		       "where it is",
		       output->path);
}

/* Ends the walk. */
static int find_file(const struct tree_entry *entry, void *data,
		     struct trouble *why)
{
	(void)data;
	(void)why;
	return entry->type != TREE_DIRECTORY;
}

bool output_is_empty(const struct output *output)
{
	struct trouble why;

	return tree_walk(output->path, find_file, NULL, &why) == 0;
}

int output_discard(struct output *output, struct trouble *why)
{
	int rc = tree_clear(output->path);

	if (rc == 0 && output->made)
		rc = rmdir(output->path);
	if (rc == 0)
		return 0;
	return trouble(why,
		       "%s holds no usable trace and could not be removed: %s",
		       output->path, strerror(errno));
}

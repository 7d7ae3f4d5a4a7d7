/* SPDX-License-Identifier: MIT */
/* See output.h. */
#define _GNU_SOURCE
#include "awaitctl/tracedir/output.h"

#include "awaitctl/common/say.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
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

static int cannot_make(const char *path)
{
	say("cannot make the directory %s: %s; choose another with -o", path,
	    strerror(errno));
	return EXIT_FAILED;
}

/* 1 empty, 0 not, -1 with errno when it is no directory one can look into. */
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

static int use_given(struct output *output, const char *path)
{
	int empty;

	if (mkdir(path, 0777) == 0) {
		output->made = true;
		return 0;
	}
	if (errno != EEXIST)
		return cannot_make(path);
	empty = is_empty(path);
	if (empty < 0)
		return cannot_make(path);
	if (empty && access(path, W_OK | X_OK) < 0)
		return cannot_make(path);
	if (empty)
		return 0;
	say("%s is not empty: choose another directory with -o", path);
	return EXIT_FAILED;
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
static int use_dated(struct output *output, char *path, const char *program)
{
	size_t length;

	output_dated(path, program);
	length = strlen(path);
	for (int i = 2; mkdir(path, 0777) < 0; i++) {
		if (errno != EEXIST || i > 99)
			return cannot_make(path);
		snprintf(path + length, PATH_MAX - length, "-%d", i);
	}
	output->made = true;
	return 0;
}

int output_prepare(struct output *output, const char *directory,
		   const char *program)
{
	char dated[PATH_MAX];
	struct stat status;
	int rc;

	output->made = false;
	if (directory)
		rc = use_given(output, directory);
	else
		rc = use_dated(output, dated, program);
	if (rc)
		return rc;
	if (realpath(directory ? directory : dated, output->path) &&
	    stat(output->path, &status) == 0) {
		output->inode = status.st_ino;
		return 0;
	}
	say("cannot use %s: %s; choose another directory with -o", directory,
	    strerror(errno));
	return EXIT_FAILED;
}

static int remove_entry(const char *path, const struct stat *status, int type,
			struct FTW *where)
{
	(void)status;
	(void)type;
	return where->level > 0 && remove(path) && errno != ENOENT ? -1 : 0;
}

bool output_is_there(const struct output *output)
{
	struct stat status;

	return stat(output->path, &status) == 0 &&
	       status.st_ino == output->inode;
}

bool output_gone(const struct output *output)
{
	if (output_is_there(output))
		return false;
	say("%s was removed or renamed: record again, and leave it where it "
	    "is",
	    output->path);
	return true;
}

static int remove_below(const char *path)
{
	return nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* LTTng may be removing it, too: a walk ends where it finds a directory gone,
 * and what it had not come to may still be there. */
int remove_tree(const char *path)
{
	while (remove_below(path) || rmdir(path)) {
		if (errno != ENOENT)
			return -1;
		if (access(path, F_OK))
			return 0;
	}
	return 0;
}

int copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "re"), *out = in ? fopen(to, "we") : NULL;
	char block[65536];
	size_t size;
	int rc = -1;

	if (out) {
		while ((size = fread(block, 1, sizeof(block), in)) > 0)
			fwrite(block, 1, size, out);
		rc = ferror(in) || fflush(out) || ferror(out) ? -1 : 0;
	}
	if (out)
		fclose(out);
	if (in)
		fclose(in);
	return rc;
}

void output_discard(struct output *output)
{
	int rc = remove_below(output->path);

	if (rc == 0 && output->made)
		rc = rmdir(output->path);
	if (rc)
		say("%s holds no usable trace and could not be removed: %s",
		    output->path, strerror(errno));
}

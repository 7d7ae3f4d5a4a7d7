/* SPDX-License-Identifier: MIT */
/* See output.h. */
#define _GNU_SOURCE
#include "awaitctl/tracedir/output.h"

#include "awaitctl/tracedir/filtered.h"
#include "awaitctl/tracedir/identity.h"
#include "awaitctl/tracedir/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int cannot_make(const char *path, struct trouble *why)
{
	return trouble(why,
		       "cannot make the directory %s: %s; choose another with "
		       "-o",
		       path, strerror(errno));
}

/* The mode is that of what only we may read: LTTng gives what it makes below to
 * the group, too. */
static int use_given(struct output *output, const char *path,
		     struct trouble *why)
{
	if (mkdir(path, 0700) == 0)
		output->made = true;
	else if (errno != EEXIST)
		return cannot_make(path, why);
	return 0;
}

void output_dated(char path[PATH_MAX], const char *program)
{
	char label[64], date[32];
	time_t now = time(NULL);

	identity_label(label, program);
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
	for (int i = 2; mkdir(path, 0700) < 0; i++) {
		if (errno != EEXIST || i > 99)
			return cannot_make(path, why);
		snprintf(path + length, PATH_MAX - length, "-%d", i);
	}
	output->made = true;
	return 0;
}

int output_open(struct output *output, const char *directory,
		struct trouble *why)
{
	struct folder *folder = &output->folder;
	char path[PATH_MAX];
	const char *foreign;

	output->folder.fd = -1;
	if (!realpath(directory, path) || folder_open(folder, path))
		return trouble(why, "cannot use %s: %s; give another directory",
			       directory, strerror(errno));
	foreign = folder_foreign(folder);
	if (!foreign)
		return 0;
	folder_close(folder);
	return trouble(why,
		       "%s is %s: whoever may write there could lead the trace "
		       "elsewhere; use a directory of your own",
		       directory, foreign);
}

/* Ends the walk. */
static int find_any(const struct tree_entry *entry, void *data,
		    struct trouble *why)
{
	(void)data;
	(void)why;
	return *entry->below != '\0';
}

static int check_empty(const struct output *output, const char *directory,
		       struct trouble *why)
{
	int found = tree_walk(&output->folder, "", find_any, NULL, why);

	if (found > 0)
		return trouble(why,
			       "%s is not empty: choose another directory with "
			       "-o",
			       directory);
	if (found == 0 &&
	    faccessat(output->folder.fd, ".", W_OK | X_OK, AT_EACCESS))
		return cannot_make(directory, why);
	return found;
}

int output_prepare(struct output *output, const char *directory,
		   const char *program, struct trouble *why)
{
	char dated[PATH_MAX];

	output->made = false;
	output->folder.fd = -1;
	if (directory ? use_given(output, directory, why) :
			use_dated(output, dated, program, why))
		return -1;
	if (!directory)
		directory = dated;
	if (output_open(output, directory, why) == 0) {
		if (check_empty(output, directory, why) == 0)
			return 0;
		folder_close(&output->folder);
	}
	if (output->made)
		rmdir(directory);
	return -1;
}

bool output_is_there(const struct output *output)
{
	struct stat here, opened;

	return lstat(output->folder.path, &here) == 0 &&
	       fstat(output->folder.fd, &opened) == 0 &&
	       here.st_ino == opened.st_ino && here.st_dev == opened.st_dev;
}

int output_check(const struct output *output, struct trouble *why)
{
	if (output_is_there(output))
		return 0;
	return trouble(why,
		       "%s was removed or renamed: record again, and leave it "
		       "where it is",
		       output->folder.path);
}

/* Ends the walk. */
static int find_file(const struct tree_entry *entry, void *data,
		     struct trouble *why)
{
	(void)data;
	(void)why;
	return entry->type != TREE_DIRECTORY &&
	       strcmp(entry->below, "/" IDENTITY_FILE) != 0 &&
	       strcmp(entry->below, "/" FILTERED_FILE) != 0;
}

bool output_is_empty(const struct output *output, const char *below)
{
	struct trouble why;

	return tree_walk(&output->folder, below, find_file, NULL, &why) == 0;
}

int output_discard(const struct output *output, struct trouble *why)
{
	int rc = tree_clear(&output->folder, "");

	if (rc == 0 && output->made && output_is_there(output))
		rc = rmdir(output->folder.path);
	if (rc == 0)
		return 0;
	return trouble(why,
		       "%s holds no usable trace and could not be removed: %s",
		       output->folder.path, strerror(errno));
}

/* SPDX-License-Identifier: MIT */
/*
 * The directory a recording goes to. It is made new, or was empty: nothing of
 * the user's is ever mixed with a trace, and a recording that never began can
 * be taken back without a trace of it.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct output {
	char path[PATH_MAX]; /* absolute */
	bool made;	     /* by us: it did not exist */
	ino_t inode;
};

/*
 * Prepares directory, or, if that is NULL, one in the current directory that
 * is named after the program and the time. Returns 0, or says why not and
 * returns EXIT_FAILED.
 */
int output_prepare(struct output *output, const char *directory,
		   const char *program);

/* What the directory is called that output_prepare() would make. */
void output_dated(char path[PATH_MAX], const char *program);

/* Whether somebody took it away, which LTTng does not notice; the second says
 * so. */
bool output_is_there(const struct output *output);
bool output_gone(const struct output *output);

/* Removes what was recorded, and the directory if it did not exist before. */
void output_discard(struct output *output);

/* Removes a directory and all in it; that it is gone already is no failure.
 * Returns 0, or -1 with errno. */
int remove_tree(const char *path);

/* Returns 0, or -1 with errno, and half of it may be there. */
int copy_file(const char *from, const char *to);

/* What a program is called, made fit for names of files and sessions. */
void program_label(char label[64], const char *program);

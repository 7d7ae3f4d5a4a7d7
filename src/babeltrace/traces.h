/* SPDX-License-Identifier: MIT */
/*
 * The traces below a directory: the folders that have metadata. What would hang
 * babeltrace2, or make it end the process, is found before it is opened.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRACES_DAMAGE = PATH_MAX + NAME_MAX + 96 };

struct traces {
	char **folders; /* their absolute paths, in the order of names */
	size_t count;
	size_t files;		  /* other ones than metadata */
	uint64_t first_discarded; /* events, before the first packets */
	/* Why they cannot be read: */
	char damage[TRACES_DAMAGE]; /* of a file; or empty */
	bool unknown;		    /* one is in CTF 2, which babeltrace2 can't
				       read */
	char unreadable[PATH_MAX];  /* or empty */
};

/* directory: an absolute path. Returns 0, or -1 with one of the reasons, or,
 * with none, without memory. Free them in either case. */
int traces_find(struct traces *traces, const char *directory);
void traces_free(struct traces *traces);

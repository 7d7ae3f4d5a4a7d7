/* SPDX-License-Identifier: MIT */
/*
 * The walk: every *.h, *.hh and *.hpp in and below the directories of the
 * path goes to the catalog, those of the first directory first.
 */
#include "header.h"

#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Files before directories, each in order: the shorter name of two is met
 * first, and the order is the same on every file system. */
static int compare(const FTSENT **a, const FTSENT **b)
{
	int dirs = ((*a)->fts_info == FTS_D) - ((*b)->fts_info == FTS_D);

	return dirs ? dirs : strcmp((*a)->fts_name, (*b)->fts_name);
}

static int visit(const FTSENT *entry)
{
	const char *suffix = strrchr(entry->fts_name, '.');
	struct stat st;

	if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR) {
		fprintf(stderr, "hdrscan: %s: %s\n", entry->fts_path,
			strerror(entry->fts_errno));
		return 0;
	}
	if (!suffix || (strcmp(suffix, ".h") && strcmp(suffix, ".hh") &&
			strcmp(suffix, ".hpp")))
		return 0;
	/* Links to files are followed, links to directories are not. */
	if (stat(entry->fts_path, &st) != 0 || !S_ISREG(st.st_mode))
		return 0;
	return catalog_add(entry->fts_path, &st);
}

static int walk(char *dir)
{
	char *const dirs[] = { dir, NULL };
	FTS *fts = fts_open(dirs, FTS_PHYSICAL | FTS_NOCHDIR, compare);
	const FTSENT *entry;
	int rc = 0;

	if (!fts)
		return -errno;
	while (rc == 0 && (entry = fts_read(fts)))
		rc = visit(entry);
	fts_close(fts);
	return rc;
}

int walk_path(const struct path *path)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < path->count; i++) {
		rc = walk(path->dirs[i]);
		if (rc)
			fprintf(stderr, "hdrscan: %s: %s\n", path->dirs[i],
				strerror(-rc));
	}
	return rc;
}

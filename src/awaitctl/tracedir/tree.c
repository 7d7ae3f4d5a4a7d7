/* SPDX-License-Identifier: MIT */
/* See tree.h. */
#include "awaitctl/tracedir/tree.h"

#include <errno.h>
#include <fts.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static FTS *open_tree(const char *root, int options)
{
	char *const roots[] = { (char *)root, NULL };

	return fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | options, NULL);
}

/* Whether it cannot be read; not so if it is gone, unless it is the root. */
static bool is_unreadable(const FTSENT *entry)
{
	return (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR ||
		entry->fts_info == FTS_NS) &&
	       (entry->fts_errno != ENOENT || entry->fts_level == 0);
}

static int visit_entry(const FTSENT *found, size_t root_length,
		       tree_visit *visit, void *data, struct trouble *why)
{
	struct tree_entry entry = {
		.path = found->fts_path,
		.below = found->fts_path + root_length,
		.name = found->fts_name,
		.type = found->fts_info == FTS_D ? TREE_DIRECTORY :
			found->fts_info == FTS_F ? TREE_FILE :
						   TREE_OTHER,
	};

	if (is_unreadable(found))
		return trouble(why, "cannot read %s: %s", found->fts_path,
			       strerror(found->fts_errno));
	if (found->fts_info == FTS_DP || found->fts_info == FTS_DNR ||
	    found->fts_info == FTS_NS)
		return 0;
	entry.size = found->fts_statp->st_size;
	return visit(&entry, data, why);
}

int tree_walk(const char *root, tree_visit *visit, void *data,
	      struct trouble *why)
{
	FTS *tree = open_tree(root, 0);
	size_t root_length = strlen(root);
	FTSENT *found;
	int rc = 0;

	if (!tree)
		return trouble(why, "cannot read %s: %s", root,
			       strerror(errno));
	while (rc == 0 && (found = fts_read(tree)))
		rc = visit_entry(found, root_length, visit, data, why);
	fts_close(tree);
	return rc;
}

int tree_clear(const char *root)
{
	FTS *tree = open_tree(root, FTS_XDEV);
	FTSENT *found;
	int failure = tree ? 0 : errno;

	while (!failure && (found = fts_read(tree))) {
		if (is_unreadable(found))
			failure = found->fts_errno;
		else if (found->fts_level > 0 && found->fts_info != FTS_D &&
			 remove(found->fts_path) && errno != ENOENT)
			failure = errno;
	}
	if (tree)
		fts_close(tree);
	errno = failure;
	return failure ? -1 : 0;
}

/* A walk may miss entries if somebody else removes a directory meanwhile. */
int tree_remove(const char *root)
{
	while (tree_clear(root) || rmdir(root)) {
		if (errno != ENOENT)
			return -1;
		if (access(root, F_OK))
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

/* SPDX-License-Identifier: MIT */
/* See tree.h. */
#include "awaitctl/tracedir/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LISTED = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

static DIR *open_listed(int at, const char *name)
{
	int fd = openat(at, name, LISTED);
	DIR *listed = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && !listed)
		close(fd);
	return listed;
}

/* The next entry, but for the directory itself and its parent. */
static const char *next_name(DIR *listed)
{
	struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(listed);
	} while (entry &&
		 (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")));
	return entry ? entry->d_name : NULL;
}

struct walk {
	char path[PATH_MAX];
	size_t root_length;
	tree_visit *visit;
	void *data;
	struct trouble *why;
};

static int unreadable(const struct walk *walk)
{
	return trouble(walk->why, "cannot read %s: %s", walk->path,
		       strerror(errno));
}

static int walk_entry(struct walk *walk, int at, const char *name,
		      size_t length);

static int walk_directory(struct walk *walk, int at, const char *name,
			  size_t length)
{
	DIR *listed = open_listed(at, name);
	int rc = 0;

	if (!listed)
		return errno == ENOENT ? 0 : unreadable(walk);
	while (rc == 0 && (name = next_name(listed))) {
		int more = snprintf(walk->path + length, PATH_MAX - length,
				    "/%s", name);

		if (more < (int)(PATH_MAX - length)) {
			rc = walk_entry(walk, dirfd(listed), name,
					length + (size_t)more);
		} else {
			errno = ENAMETOOLONG;
			rc = unreadable(walk);
		}
		walk->path[length] = '\0';
	}
	closedir(listed);
	return rc;
}

static int walk_entry(struct walk *walk, int at, const char *name,
		      size_t length)
{
	struct tree_entry entry = {
		.path = walk->path,
		.below = walk->path + walk->root_length,
		.name = name,
		.at = at,
	};
	struct stat status;
	int rc;

	if (fstatat(at, name, &status, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT && *entry.below ? 0 : unreadable(walk);
	entry.type = S_ISDIR(status.st_mode) ? TREE_DIRECTORY :
		     S_ISREG(status.st_mode) ? TREE_FILE :
					       TREE_OTHER;
	entry.size = status.st_size;
	rc = walk->visit(&entry, walk->data, walk->why);
	if (rc == 0 && entry.type == TREE_DIRECTORY)
		rc = walk_directory(walk, at, name, length);
	return rc;
}

int tree_walk(const struct folder *folder, const char *root, tree_visit *visit,
	      void *data, struct trouble *why)
{
	struct walk walk = { .visit = visit, .data = data, .why = why };
	struct folder top = { .fd = -1 };
	int rc;

	if (snprintf(walk.path, sizeof(walk.path), "%s%s%s", folder->path,
		     *root ? "/" : "", root) >= (int)sizeof(walk.path)) {
		errno = ENAMETOOLONG;
		return unreadable(&walk);
	}
	walk.root_length = strlen(walk.path);
	top.fd = folder_file(folder, root, LISTED);
	if (top.fd < 0)
		return unreadable(&walk);
	rc = walk_entry(&walk, top.fd, ".", walk.root_length);
	folder_close(&top);
	return rc;
}

static bool is_directory_on(int at, const char *name, dev_t device)
{
	struct stat status;

	return fstatat(at, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(status.st_mode) && status.st_dev == device;
}

/* Removes all in a directory, which it closes. */
static int clear(DIR *listed, dev_t device)
{
	int failure = 0, at = dirfd(listed);
	const char *name;

	while (!failure && (name = next_name(listed))) {
		bool is_tree = is_directory_on(at, name, device);
		DIR *below = is_tree ? open_listed(at, name) : NULL;

		if ((is_tree && !below) || (below && clear(below, device)) ||
		    unlinkat(at, name, is_tree ? AT_REMOVEDIR : 0))
			failure = errno == ENOENT ? 0 : errno;
	}
	if (!failure)
		failure = errno == ENOENT ? 0 : errno;
	closedir(listed);
	errno = failure;
	return failure ? -1 : 0;
}

int tree_clear(const struct folder *folder, const char *root)
{
	int fd = folder_file(folder, root, LISTED);
	DIR *listed = fd < 0 ? NULL : fdopendir(fd);
	struct stat status;

	if (listed && fstat(fd, &status) == 0)
		return clear(listed, status.st_dev);
	if (listed)
		closedir(listed);
	else if (fd >= 0)
		close(fd);
	return -1;
}

/* A walk may miss entries if somebody else removes a directory meanwhile. */
int tree_remove(const struct folder *folder, const char *root)
{
	while (tree_clear(folder, root) || folder_rmdir(folder, root)) {
		if (errno != ENOENT)
			return -1;
		if (!folder_has(folder, root))
			return 0;
	}
	return 0;
}

static int write_all(int to, const char *block, size_t size)
{
	while (size) {
		ssize_t wrote = write(to, block, size);

		if (wrote < 0 && errno != EINTR)
			return -1;
		if (wrote > 0) {
			block += wrote;
			size -= (size_t)wrote;
		}
	}
	return 0;
}

int copy_file(int from, int to)
{
	char block[65536];
	ssize_t got;

	while ((got = read(from, block, sizeof(block))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || write_all(to, block, (size_t)got))
			return -1;
	}
	return 0;
}

uint64_t tree_size(const char *directory)
{
	char *const paths[] = { (char *)directory, NULL };
	FTS *tree = fts_open(paths, FTS_COMFOLLOW | FTS_PHYSICAL | FTS_NOCHDIR,
			     NULL);
	const FTSENT *entry;
	uint64_t size = 0;

	while (tree && (entry = fts_read(tree)))
		if (entry->fts_info == FTS_F)
			size += (uint64_t)entry->fts_statp->st_size;
	if (tree)
		fts_close(tree);
	return size;
}

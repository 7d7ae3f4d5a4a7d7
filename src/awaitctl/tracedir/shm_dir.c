/* SPDX-License-Identifier: MIT */
/* See shm_dir.h. */
#define _GNU_SOURCE
#include "awaitctl/tracedir/shm_dir.h"

#include "awaitctl/tracedir/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int cannot_make(const char *path, struct trouble *why)
{
	return trouble(why,
		       "cannot make %s for the buffers: %s; choose another "
		       "directory with --shm=DIR",
		       path, strerror(errno));
}

const char *shm_dir_path(const struct shm_dir *dir)
{
	return access(dir->hidden, F_OK) ? dir->path : dir->hidden;
}

static int lock(struct shm_dir *dir)
{
	dir->lock = open(shm_dir_path(dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir->lock < 0)
		return -1;
	return flock(dir->lock, LOCK_EX | LOCK_NB);
}

static void name_link(struct shm_dir *dir, const char *output)
{
	snprintf(dir->link, sizeof(dir->link), "%s/shm", output);
}

static void name_hidden(struct shm_dir *dir)
{
	snprintf(dir->hidden, sizeof(dir->hidden), "%s.kept", dir->path);
}

int shm_dir_make(struct shm_dir *dir, const char *output, const char *parent,
		 const char *name, struct trouble *why)
{
	char real[PATH_MAX];
	struct trouble ignored;

	*dir = (struct shm_dir){ .lock = -1 };
	name_link(dir, output);
	if (!realpath(parent, real))
		return cannot_make(parent, why);
	if (!strcmp(real, output))
		return trouble(why,
			       "the trace is in %s, where its buffers cannot "
			       "be: choose another directory with --shm=DIR",
			       output);
	if (snprintf(dir->path, sizeof(dir->path), "%s/%s", real, name) >=
	    (int)sizeof(dir->path)) {
		errno = ENAMETOOLONG;
		return cannot_make(parent, why);
	}
	name_hidden(dir);
	/* Must be new: /dev/shm is anybody's. */
	if (mkdir(dir->path, 0700) < 0)
		return cannot_make(dir->path, why);
	if (lock(dir) == 0 && symlink(dir->path, dir->link) == 0)
		return 0;
	cannot_make(dir->link, why);
	shm_dir_remove(dir, &ignored);
	return -1;
}

enum shm_dir_found shm_dir_find(struct shm_dir *dir, const char *output)
{
	ssize_t length;

	*dir = (struct shm_dir){ .lock = -1 };
	name_link(dir, output);
	length = readlink(dir->link, dir->path, sizeof(dir->path) - 1);
	if (length < 0)
		return SHM_DIR_NONE;
	dir->path[length] = '\0';
	name_hidden(dir);
	if (lock(dir) == 0)
		return SHM_DIR_FOUND;
	return dir->lock < 0 ? SHM_DIR_GONE : SHM_DIR_LOCKED;
}

const char *shm_dir_name(const struct shm_dir *dir)
{
	const char *slash = strrchr(dir->path, '/');

	return slash ? slash + 1 : dir->path;
}

void shm_dir_release(struct shm_dir *dir)
{
	if (dir->lock >= 0)
		close(dir->lock);
	dir->lock = -1;
}

int shm_dir_remove(struct shm_dir *dir, struct trouble *why)
{
	int rc = 0;

	if (tree_remove(dir->path) || tree_remove(dir->hidden) ||
	    (unlink(dir->link) && errno != ENOENT))
		rc = trouble(why, "cannot remove %s and %s: %s", dir->path,
			     dir->link, strerror(errno));
	shm_dir_release(dir);
	return rc;
}

int shm_dir_hide(struct shm_dir *dir, struct trouble *why)
{
	if (rename(dir->path, dir->hidden) == 0)
		return 0;
	return trouble(why, "cannot keep %s: %s", dir->path, strerror(errno));
}

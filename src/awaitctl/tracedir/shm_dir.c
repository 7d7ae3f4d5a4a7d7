/* SPDX-License-Identifier: MIT */
/* See shm_dir.h. */
#define _GNU_SOURCE
#include "awaitctl/tracedir/shm_dir.h"

#include "awaitctl/tracedir/output.h"
#include "awaitctl/common/say.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int cannot_make(const char *path)
{
	say("cannot make %s for the buffers: %s; choose another directory with "
	    "--shm=DIR",
	    path, strerror(errno));
	return EXIT_FAILED;
}

const char *shm_dir_path(const struct shm_dir *buffers)
{
	return access(buffers->hidden, F_OK) ? buffers->path : buffers->hidden;
}

static int lock(struct shm_dir *buffers)
{
	buffers->lock =
		open(shm_dir_path(buffers), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (buffers->lock < 0)
		return -1;
	return flock(buffers->lock, LOCK_EX | LOCK_NB);
}

static void name_link(struct shm_dir *buffers, const char *output)
{
	snprintf(buffers->link, sizeof(buffers->link), "%s/shm", output);
}

static void name_hidden(struct shm_dir *buffers)
{
	snprintf(buffers->hidden, sizeof(buffers->hidden), "%s.kept",
		 buffers->path);
}

int shm_dir_make(struct shm_dir *buffers, const char *output,
		 const char *parent, const char *name)
{
	char real[PATH_MAX];

	*buffers = (struct shm_dir){ .lock = -1 };
	name_link(buffers, output);
	if (!realpath(parent, real))
		return cannot_make(parent);
	if (!strcmp(real, output)) {
		say("the trace is in %s, where its buffers cannot be: choose "
		    "another directory with --shm=DIR",
		    output);
		return EXIT_FAILED;
	}
	if (snprintf(buffers->path, sizeof(buffers->path), "%s/%s", real,
		     name) >= (int)sizeof(buffers->path)) {
		errno = ENAMETOOLONG;
		return cannot_make(parent);
	}
	name_hidden(buffers);
	/* Must be new: /dev/shm is anybody's. */
	if (mkdir(buffers->path, 0700) < 0)
		return cannot_make(buffers->path);
	if (lock(buffers) == 0 && symlink(buffers->path, buffers->link) == 0)
		return 0;
	cannot_make(buffers->link);
	shm_dir_remove(buffers);
	return EXIT_FAILED;
}

enum shm_dir_found shm_dir_find(struct shm_dir *buffers, const char *output)
{
	ssize_t length;

	*buffers = (struct shm_dir){ .lock = -1 };
	name_link(buffers, output);
	length = readlink(buffers->link, buffers->path,
			  sizeof(buffers->path) - 1);
	if (length < 0)
		return SHM_DIR_NONE;
	buffers->path[length] = '\0';
	name_hidden(buffers);
	if (lock(buffers) == 0)
		return SHM_DIR_FOUND;
	return buffers->lock < 0 ? SHM_DIR_GONE : SHM_DIR_LOCKED;
}

const char *shm_dir_name(const struct shm_dir *buffers)
{
	const char *slash = strrchr(buffers->path, '/');

	return slash ? slash + 1 : buffers->path;
}

void shm_dir_release(struct shm_dir *buffers)
{
	if (buffers->lock >= 0)
		close(buffers->lock);
	buffers->lock = -1;
}

void shm_dir_remove(struct shm_dir *buffers)
{
	if (remove_tree(buffers->path) || remove_tree(buffers->hidden) ||
	    (unlink(buffers->link) && errno != ENOENT))
		say("cannot remove %s and %s: %s", buffers->path, buffers->link,
		    strerror(errno));
	shm_dir_release(buffers);
}

void shm_dir_hide(struct shm_dir *buffers)
{
	if (rename(buffers->path, buffers->hidden))
		say("cannot keep %s: %s", buffers->path, strerror(errno));
}

int shm_dir_extract(struct shm_dir *buffers, const char *to, const char *output)
{
	return salvage(shm_dir_path(buffers), to, output, &buffers->salvaged);
}

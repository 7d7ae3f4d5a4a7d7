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

const char *rings_place(const struct rings *rings)
{
	return access(rings->hidden, F_OK) ? rings->path : rings->hidden;
}

static int lock(struct rings *rings)
{
	rings->lock =
		open(rings_place(rings), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (rings->lock < 0)
		return -1;
	return flock(rings->lock, LOCK_EX | LOCK_NB);
}

static void name_link(struct rings *rings, const char *output)
{
	snprintf(rings->link, sizeof(rings->link), "%s/shm", output);
}

static void name_hidden(struct rings *rings)
{
	snprintf(rings->hidden, sizeof(rings->hidden), "%s.kept", rings->path);
}

int rings_make(struct rings *rings, const char *output, const char *parent,
	       const char *name)
{
	char real[PATH_MAX];

	*rings = (struct rings){ .lock = -1 };
	name_link(rings, output);
	if (!realpath(parent, real))
		return cannot_make(parent);
	if (!strcmp(real, output)) {
		say("the trace is in %s, where its buffers cannot be: choose "
		    "another directory with --shm=DIR",
		    output);
		return EXIT_FAILED;
	}
	if (snprintf(rings->path, sizeof(rings->path), "%s/%s", real, name) >=
	    (int)sizeof(rings->path)) {
		errno = ENAMETOOLONG;
		return cannot_make(parent);
	}
	name_hidden(rings);
	/* Must be new: /dev/shm is anybody's. */
	if (mkdir(rings->path, 0700) < 0)
		return cannot_make(rings->path);
	if (lock(rings) == 0 && symlink(rings->path, rings->link) == 0)
		return 0;
	cannot_make(rings->link);
	rings_remove(rings);
	return EXIT_FAILED;
}

enum rings_found rings_find(struct rings *rings, const char *output)
{
	ssize_t length;

	*rings = (struct rings){ .lock = -1 };
	name_link(rings, output);
	length = readlink(rings->link, rings->path, sizeof(rings->path) - 1);
	if (length < 0)
		return RINGS_NONE;
	rings->path[length] = '\0';
	name_hidden(rings);
	if (lock(rings) == 0)
		return RINGS_FOUND;
	return rings->lock < 0 ? RINGS_GONE : RINGS_LOCKED;
}

const char *rings_name(const struct rings *rings)
{
	const char *slash = strrchr(rings->path, '/');

	return slash ? slash + 1 : rings->path;
}

void rings_release(struct rings *rings)
{
	if (rings->lock >= 0)
		close(rings->lock);
	rings->lock = -1;
}

void rings_remove(struct rings *rings)
{
	if (remove_tree(rings->path) || remove_tree(rings->hidden) ||
	    (unlink(rings->link) && errno != ENOENT))
		say("cannot remove %s and %s: %s", rings->path, rings->link,
		    strerror(errno));
	rings_release(rings);
}

void rings_hide(struct rings *rings)
{
	if (rename(rings->path, rings->hidden))
		say("cannot keep %s: %s", rings->path, strerror(errno));
}

int rings_extract(struct rings *rings, const char *to, const char *output)
{
	return extract(rings_place(rings), to, output, &rings->found);
}

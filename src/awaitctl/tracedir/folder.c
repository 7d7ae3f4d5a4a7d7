/* SPDX-License-Identifier: MIT */
/* See folder.h. */
#define _GNU_SOURCE /* O_PATH */
#include "awaitctl/tracedir/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ON_THE_WAY = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

/* Opens the directory that the last name of a path is in. *name becomes that
 * name, "." if there is none. */
static int open_parent(int from, const char *path, const char **name)
{
	int at = openat(from, ".", ON_THE_WAY);
	const char *slash;

	path += strspn(path, "/");
	while (at >= 0 && (slash = strchr(path, '/'))) {
		char part[NAME_MAX + 1];
		int next = -1;

		errno = ENAMETOOLONG;
		if (slash - path < (long)sizeof(part)) {
			snprintf(part, sizeof(part), "%.*s",
				 (int)(slash - path), path);
			next = openat(at, part, ON_THE_WAY);
		}
		close(at);
		at = next;
		path = slash + strspn(slash, "/");
	}
	*name = *path ? path : ".";
	return at;
}

/* Closes the descriptor, and keeps errno. */
static int closed(int fd, int rc)
{
	int error = errno;

	close(fd);
	errno = error;
	return rc;
}

int folder_open(struct folder *folder, const char *path)
{
	int top, at;
	const char *name;

	folder->fd = -1;
	if (snprintf(folder->path, sizeof(folder->path), "%s", path) >=
	    (int)sizeof(folder->path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	top = open("/", ON_THE_WAY);
	if (top < 0)
		return -1;
	at = open_parent(top, path, &name);
	closed(top, 0);
	if (at < 0)
		return -1;
	folder->fd = openat(at, name,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return closed(at, folder->fd < 0 ? -1 : 0);
}

void folder_close(struct folder *folder)
{
	if (folder->fd >= 0)
		close(folder->fd);
	folder->fd = -1;
}

const char *folder_foreign(const struct folder *folder)
{
	struct stat status;

	if (fstat(folder->fd, &status))
		return strerror(errno);
	if (status.st_uid != geteuid())
		return "another user's";
	if (status.st_mode & (S_IWGRP | S_IWOTH))
		return "a directory in which others may write (chmod go-w)";
	return NULL;
}

int folder_file(const struct folder *folder, const char *below, int flags)
{
	const char *name;
	int at = open_parent(folder->fd, below, &name), file;
	struct stat status;

	if (at < 0)
		return -1;
	file = openat(at, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		      0660);
	closed(at, 0);
	if (file < 0)
		return -1;
	if (fstat(file, &status) == 0 &&
	    (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)))
		return file;
	errno = EINVAL;
	return closed(file, -1);
}

bool folder_has(const struct folder *folder, const char *below)
{
	const char *name;
	int at = open_parent(folder->fd, below, &name);
	struct stat status;

	if (at < 0)
		return false;
	return closed(at, fstatat(at, name, &status, AT_SYMLINK_NOFOLLOW)) == 0;
}

int folder_mkdir(const struct folder *folder, const char *below)
{
	const char *name;
	int at = open_parent(folder->fd, below, &name);

	return at < 0 ? -1 : closed(at, mkdirat(at, name, 0770));
}

int folder_rmdir(const struct folder *folder, const char *below)
{
	const char *name;
	int at = open_parent(folder->fd, below, &name);

	return at < 0 ? -1 : closed(at, unlinkat(at, name, AT_REMOVEDIR));
}

int folder_unlink(const struct folder *folder, const char *below)
{
	const char *name;
	int at = open_parent(folder->fd, below, &name);

	return at < 0 ? -1 : closed(at, unlinkat(at, name, 0));
}

int folder_link(const struct folder *folder, int at, const char *name,
		const char *below)
{
	const char *new_name;
	int to = open_parent(folder->fd, below, &new_name);

	return to < 0 ? -1 : closed(to, linkat(at, name, to, new_name, 0));
}

int folder_symlink(const struct folder *folder, const char *path,
		   const char *below)
{
	const char *name;
	int at = open_parent(folder->fd, below, &name);

	return at < 0 ? -1 : closed(at, symlinkat(path, at, name));
}

int folder_rename(const struct folder *folder, const char *from, const char *to)
{
	const char *old_name, *new_name;
	int old = open_parent(folder->fd, from, &old_name), new, rc;

	if (old < 0)
		return -1;
	new = open_parent(folder->fd, to, &new_name);
	rc = new < 0 ? -1 : renameat(old, old_name, new, new_name);
	if (new >= 0)
		closed(new, 0);
	return closed(old, rc);
}

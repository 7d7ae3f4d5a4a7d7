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

#define LINK "shm"
#define RINGS "rings"
#define KEPT "kept"

static int cannot_make(const char *path, struct trouble *why)
{
	return trouble(why,
		       "cannot make %s for the buffers: %s; choose another "
		       "directory with --shm=DIR",
		       path, strerror(errno));
}

const char *shm_dir_rings(const struct shm_dir *dir)
{
	if (!dir->ours)
		return "";
	return folder_has(&dir->folder, KEPT) ? KEPT : RINGS;
}

const char *shm_dir_name(const struct shm_dir *dir)
{
	return strrchr(dir->folder.path, '/') + 1;
}

static int lock(const struct shm_dir *dir)
{
	return flock(dir->folder.fd, LOCK_EX | LOCK_NB);
}

/* Makes it new, as /dev/shm is anybody's, and opens it. */
static int make_folder(struct folder *folder, const char *path)
{
	if (mkdir(path, 0700))
		return -1;
	if (folder_open(folder, path) == 0 && !folder_foreign(folder))
		return 0;
	folder_close(folder);
	rmdir(path);
	errno = EPERM;
	return -1;
}

static int fill(struct shm_dir *dir, const struct identity *identity)
{
	const struct folder *folder = &dir->folder;

	snprintf(dir->rings, sizeof(dir->rings), "%s/" RINGS, folder->path);
	return lock(dir) || folder_mkdir(folder, RINGS) ||
	       identity_write(identity, folder) ||
	       identity_write(identity, dir->output) ||
	       symlinkat(dir->rings, dir->output->fd, LINK);
}

int shm_dir_make(struct shm_dir *dir, const struct folder *output,
		 const char *parent, const char *name,
		 const struct identity *identity, struct trouble *why)
{
	char real[PATH_MAX], path[PATH_MAX];
	struct trouble ignored;

	*dir = (struct shm_dir){ .output = output,
				 .folder = { .fd = -1 },
				 .ours = true };
	if (!realpath(parent, real))
		return cannot_make(parent, why);
	if (!strcmp(real, output->path))
		return trouble(why,
			       "the trace is in %s, where its buffers cannot "
			       "be: choose another directory with --shm=DIR",
			       real);
	if (snprintf(path, sizeof(path), "%s/%s", real, name) >=
	    (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return cannot_make(parent, why);
	}
	if (make_folder(&dir->folder, path))
		return cannot_make(path, why);
	if (fill(dir, identity) == 0)
		return 0;
	cannot_make(path, why);
	shm_dir_remove(dir, &ignored);
	return -1;
}

/* Whether an open directory proves to be the recording's. */
static bool is_ours(const struct shm_dir *dir, const struct identity *identity)
{
	struct identity there;

	return identity_is_name(identity, shm_dir_name(dir)) &&
	       identity_read(&there, &dir->folder) &&
	       !strcmp(there.text, identity->text);
}

static enum shm_dir_found foreign(struct shm_dir *dir, const char *path,
				  const char *what, struct trouble *why)
{
	folder_close(&dir->folder);
	trouble(why,
		"%s/" LINK " leads to %s, which is %s: it is neither read nor "
		"removed",
		dir->output->path, path, what);
	return SHM_DIR_FOREIGN;
}

/* Opens the directory of ours in which the files are, or have been, at a path.
 */
static int open_ours(struct folder *folder, char *path)
{
	char *name = strrchr(path, '/');

	if (!strcmp(name, "/" RINGS))
		*name = '\0';
	return folder_open(folder, path);
}

/* Opens the directory, or the one in which an older awaitctl kept files. */
static int open_older(struct folder *folder, const char *path)
{
	char hidden[2 * PATH_MAX + 8];

	snprintf(hidden, sizeof(hidden), "%s.kept", path);
	return folder_open(folder, hidden) == 0 ? 0 : folder_open(folder, path);
}

/* Whoever reads needs no more than that it is our user's: whatever lies at a
 * name that was free again is of anybody. */
static const char *unreadable(const struct folder *folder)
{
	struct stat status;

	if (fstat(folder->fd, &status))
		return strerror(errno);
	return status.st_uid == geteuid() ? NULL : "another user's";
}

enum shm_dir_found shm_dir_find(struct shm_dir *dir,
				const struct folder *output,
				struct trouble *why)
{
	char link[PATH_MAX], path[2 * PATH_MAX];
	ssize_t length = readlinkat(output->fd, LINK, link, sizeof(link) - 1);
	struct identity identity;
	const char *what;
	int rc;

	*dir = (struct shm_dir){ .output = output, .folder = { .fd = -1 } };
	if (length < 0)
		return SHM_DIR_NONE;
	link[length] = '\0';
	snprintf(path, sizeof(path), "%s%s%s", *link == '/' ? "" : output->path,
		 *link == '/' ? "" : "/", link);
	dir->ours = identity_read(&identity, output);
	rc = dir->ours ? open_ours(&dir->folder, path) :
			 open_older(&dir->folder, path);
	if (rc && errno == ENOENT)
		return SHM_DIR_GONE;
	if (rc)
		return foreign(dir, path, strerror(errno), why);
	if (dir->ours && !is_ours(dir, &identity))
		return foreign(dir, path, "not this recording's", why);
	what = unreadable(&dir->folder);
	if (what)
		return foreign(dir, path, what, why);
	snprintf(dir->rings, sizeof(dir->rings), "%s/" RINGS, dir->folder.path);
	if (lock(dir))
		return SHM_DIR_LOCKED;
	return folder_has(&dir->folder, shm_dir_rings(dir)) ? SHM_DIR_FOUND :
							      SHM_DIR_GONE;
}

void shm_dir_release(struct shm_dir *dir)
{
	folder_close(&dir->folder);
}

/* The identity goes last: what is left proves as long as it can whose it is. */
static int remove_folder(const struct folder *folder)
{
	if (tree_remove(folder, RINGS) || tree_remove(folder, KEPT) ||
	    tree_clear(folder, "") || rmdir(folder->path))
		return errno == ENOENT ? 0 : -1;
	return 0;
}

static int remove_from_output(const struct folder *output, const char *name)
{
	return folder_unlink(output, name) && errno != ENOENT ? -1 : 0;
}

int shm_dir_remove(struct shm_dir *dir, struct trouble *why)
{
	const struct folder *folder = &dir->folder;
	int rc = 0;

	if ((dir->ours && folder->fd >= 0 && remove_folder(folder)) ||
	    remove_from_output(dir->output, LINK) ||
	    remove_from_output(dir->output, IDENTITY_FILE))
		rc = trouble(why, "cannot remove %s and %s/" LINK ": %s",
			     folder->path, dir->output->path, strerror(errno));
	shm_dir_release(dir);
	return rc;
}

int shm_dir_hide(struct shm_dir *dir, struct trouble *why)
{
	if (!dir->ours || folder_rename(&dir->folder, RINGS, KEPT) == 0)
		return 0;
	return trouble(why, "cannot keep %s: %s", dir->rings, strerror(errno));
}

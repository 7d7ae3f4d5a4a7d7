/* SPDX-License-Identifier: MIT */
/* See daemon_lock.h. */
#include "lttng/daemon_lock.h"

#include "lttng/home.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NAME "awaitctl.lock"

enum { STEP_MS = 10, LOCK_MS = 20000 };

/* As LTTng chooses it. Returns false if there is none. */
static bool name_directory(char path[PATH_MAX])
{
	const char *home;

	if (geteuid() == 0) {
		snprintf(path, PATH_MAX, LTTNG_ROOT_DIR);
		return true;
	}
	home = lttng_home();
	return home && snprintf(path, PATH_MAX, "%s/.lttng", home) < PATH_MAX;
}

/* Opens the file, which nobody else may: so nobody else can hold its lock. */
static int open_file(struct daemon_lock *lock)
{
	char path[PATH_MAX];
	int directory, file;

	if (!name_directory(path))
		return -1;
	if (mkdir(path, 0700) == 0)
		lock->made = true;
	directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return -1;
	file = openat(directory, NAME,
		      O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		      0600);
	close(directory);
	return file;
}

/* Whoever had it before has removed the file. */
static bool is_removed(int file)
{
	struct stat status;

	return fstat(file, &status) == 0 && status.st_nlink == 0;
}

/* Returns whether it is held, or cannot be had. */
static bool try_to_take(struct daemon_lock *lock)
{
	lock->fd = open_file(lock);
	if (lock->fd < 0)
		return true;
	if (flock(lock->fd, LOCK_EX | LOCK_NB) == 0 && !is_removed(lock->fd))
		return true;
	close(lock->fd);
	lock->fd = -1;
	return false;
}

void daemon_lock_take(struct daemon_lock *lock, const struct lttng_host *host)
{
	const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };

	*lock = (struct daemon_lock){ .fd = -1 };
	for (int ms = 0; ms < LOCK_MS && !try_to_take(lock); ms += STEP_MS) {
		if (lttng_host_stop_requested(host))
			return;
		nanosleep(&step, NULL);
	}
}

/* The directory goes if nothing else has come into it: no daemon was started.
 */
void daemon_lock_release(struct daemon_lock *lock)
{
	char path[PATH_MAX], file[PATH_MAX + sizeof(NAME)];

	if (lock->fd < 0 || !name_directory(path))
		return;
	snprintf(file, sizeof(file), "%s/" NAME, path);
	unlink(file);
	close(lock->fd);
	if (lock->made)
		rmdir(path);
	*lock = (struct daemon_lock){ .fd = -1 };
}

/* SPDX-License-Identifier: MIT */
/*
 * Being told of an await's outcome by an eventfd or a callback: what users
 * call. told.c keeps who asked.
 */
#include "libawait/core/handle.h"
#include "libawait/core/run.h"
#include "libawait/core/told.h"

#include <await/notify.h>

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* Returns 0, -EBADF, or -EINVAL if fd is something else. */
static int check_eventfd(int fd)
{
	static const uint64_t nothing;
	int error = errno, rc = 0;
	struct stat stat;

	/* What has no file type of its own is one of the kernel's objects; of
	 * these only an eventfd takes eight bytes, and 0 leaves it as it is. */
	if (fstat(fd, &stat) != 0)
		rc = -EBADF;
	else if ((stat.st_mode & S_IFMT) != 0 ||
		 write(fd, &nothing, sizeof(nothing)) != sizeof(nothing))
		rc = -EINVAL;
	errno = error;
	return rc;
}

static int check(struct await *aw, const struct told *what,
		 const char *operation, const void *addr)
{
	int rc = check_handle(aw, AWAIT_LAYOUT_ANY, operation, addr);

	if (rc == 0 && what->kind == TOLD_CALL && !what->call)
		rc = -EINVAL;
	return rc;
}

static int notify(struct await *aw, const struct told *what, const void *addr)
{
	int rc = check(aw, what, "await_notify", addr), outcome;

	if (rc == 0 && what->kind == TOLD_EVENTFD)
		rc = check_eventfd(what->fd);
	if (rc != 0)
		return rc;
	/* A run that this thread has left has an outcome. */
	run_end_if_left(thread_self_, addr, stack_pointer);
	rc = told_add(aw, what, &outcome);
	if (rc != TOLD_SETTLED)
		return rc;
	told_now(what, outcome);
	return 0;
}

static int unnotify(struct await *aw, const struct told *what, const void *addr)
{
	int rc = check(aw, what, "await_unnotify", addr);

	return rc == 0 ? told_remove(aw, what) : rc;
}

EXPORT int await_core_notify(struct await *aw, int eventfd)
{
	const struct told what = { .kind = TOLD_EVENTFD, .fd = eventfd };

	return notify(aw, &what, CALL_SITE());
}

EXPORT int await_core_notify_call(struct await *aw, await_told told, void *data)
{
	const struct told what = {
		.kind = TOLD_CALL,
		.call = told,
		.data = data,
	};

	return notify(aw, &what, CALL_SITE());
}

EXPORT int await_core_unnotify(struct await *aw, int eventfd)
{
	const struct told what = { .kind = TOLD_EVENTFD, .fd = eventfd };

	return unnotify(aw, &what, CALL_SITE());
}

EXPORT int await_core_unnotify_call(struct await *aw, await_told told,
				    void *data)
{
	const struct told what = {
		.kind = TOLD_CALL,
		.call = told,
		.data = data,
	};

	return unnotify(aw, &what, CALL_SITE());
}

/* SPDX-License-Identifier: MIT */
/* See whole_file.h. */
#include "awaitctl/common/whole_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int cannot_write(const struct whole_file *file, struct trouble *why)
{
	return trouble(why, "cannot write %s: %s",
		       *file->path ? file->path : "to stdout", strerror(errno));
}

/* As it would have been made by open(): a temporary one is for its owner only.
 */
static void allow_all(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	fchmod(fd, 0666 & ~mask);
}

static int open_named(struct whole_file *file)
{
	struct stat status;
	int fd;

	/* A device, a pipe or a folder is not replaced. */
	if (stat(file->path, &status) == 0 && !S_ISREG(status.st_mode)) {
		errno = S_ISDIR(status.st_mode) ? EISDIR : EEXIST;
		return -1;
	}
	if (snprintf(file->temporary, sizeof(file->temporary), "%s.XXXXXX",
		     file->path) >= (int)sizeof(file->temporary)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkstemp(file->temporary);
	if (fd >= 0)
		allow_all(fd);
	file->out = fd >= 0 ? fdopen(fd, "w+") : NULL;
	return file->out ? 0 : -1;
}

int whole_file_open(struct whole_file *file, const char *path,
		    struct trouble *why)
{
	*file = (struct whole_file){ 0 };
	if (!path || !strcmp(path, "-")) {
		file->out = tmpfile();
		return file->out ? 0 : cannot_write(file, why);
	}
	if (snprintf(file->path, sizeof(file->path), "%s", path) >=
	    (int)sizeof(file->path)) {
		errno = ENAMETOOLONG;
		return cannot_write(file, why);
	}
	return open_named(file) ? cannot_write(file, why) : 0;
}

int whole_file_restart(struct whole_file *file, struct trouble *why)
{
	rewind(file->out);
	return ftruncate(fileno(file->out), 0) ? cannot_write(file, why) : 0;
}

static int copy_to_stdout(FILE *from)
{
	char block[65536];
	size_t size;

	rewind(from);
	while ((size = fread(block, 1, sizeof(block), from)) > 0)
		if (fwrite(block, 1, size, stdout) != size)
			return -1;
	return ferror(from) || fflush(stdout) ? -1 : 0;
}

int whole_file_commit(struct whole_file *file, struct trouble *why)
{
	if (fflush(file->out) || ferror(file->out))
		return cannot_write(file, why);
	if (*file->path ? rename(file->temporary, file->path) :
			  copy_to_stdout(file->out))
		return cannot_write(file, why);
	return 0;
}

void whole_file_close(struct whole_file *file)
{
	if (file->out)
		fclose(file->out);
	/* After a commit there is none of that name. */
	if (*file->temporary)
		unlink(file->temporary);
	*file = (struct whole_file){ 0 };
}

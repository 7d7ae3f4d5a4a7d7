/* SPDX-License-Identifier: MIT */
/* See mend.h. */
#define _GNU_SOURCE
#include "mend.h"

#include "output.h"
#include "packet.h"
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* nftw() passes no data. */
static bool quiet;
static const char *target;
static size_t source_length;

static int failed(const char *path)
{
	if (!quiet)
		say("cannot write %s: %s; then: awaitctl recover", path,
		    strerror(errno));
	return quiet ? 0 : -1;
}

static int cut(const char *path)
{
	int file = open(path, O_RDWR | O_CLOEXEC), rc = 0;
	struct packet_head head;
	uint64_t end = 0;

	if (file < 0)
		return failed(path);
	if (packet_last(file, &end, &head) == PACKET_TORN)
		rc = ftruncate(file, (off_t)end);
	if (close(file) || rc)
		return failed(path);
	return 0;
}

static bool is_index(const char *path)
{
	size_t length = strlen(path);

	return length > 4 && !strcmp(path + length - 4, ".idx");
}

static int visit(const char *path, const struct stat *status, int type,
		 struct FTW *where)
{
	(void)status;
	if (type != FTW_F)
		return 0;
	if (is_index(path))
		return unlink(path) ? failed(path) : 0;
	return strcmp(path + where->base, "metadata") ? cut(path) : 0;
}

int mend(const char *output)
{
	quiet = false;
	return nftw(output, visit, 16, FTW_PHYS) ? EXIT_FAILED : 0;
}

/* The old one stays until the new one is whole. */
int mend_metadata(const char *from, const char *to)
{
	char next[PATH_MAX + 8];

	snprintf(next, sizeof(next), "%s.next", to);
	if (copy_file(from, next) == 0 && rename(next, to) == 0)
		return 0;
	unlink(next);
	return -1;
}

static int visit_buffers(const char *path, const struct stat *status, int type,
			 struct FTW *where)
{
	char to[PATH_MAX];

	if (type != FTW_F || strcmp(path + where->base, "metadata") != 0)
		return 0;
	snprintf(to, sizeof(to), "%s%s", target, path + source_length);
	if (status->st_size)
		mend_metadata(path, to);
	return 0;
}

void mend_all(const char *output, const char *buffers)
{
	quiet = true;
	nftw(output, visit, 16, FTW_PHYS);
	target = output;
	source_length = strlen(buffers);
	nftw(buffers, visit_buffers, 16, FTW_PHYS);
}

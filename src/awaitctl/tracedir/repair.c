/* SPDX-License-Identifier: MIT */
/* See repair.h. */
#define _GNU_SOURCE
#include "awaitctl/tracedir/repair.h"

#include "awaitctl/tracedir/output.h"
#include "ctf/packet.h"
#include "awaitctl/common/say.h"

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

/* Of a packet in whose middle the next begins nothing is left but the head,
 * with the number of the one before: so the next tells that one is missing. */
static int empty(int file, const char *path, uint64_t begin, uint64_t end,
		 struct packet_head head, uint64_t before)
{
	unsigned word = strstr(path, "/32-bit/") ? 4 : 8;

	head.content_size = 8 * packet_head_size(word);
	head.packet_size = 8 * (end - begin);
	head.number = before;
	if (pwrite(file, &head, sizeof(head), (off_t)begin) != sizeof(head))
		return -1;
	return 0;
}

static int repair_stream(int file, const char *path)
{
	struct packet_head head;
	uint64_t begin = 0, end = 0, before = 0;
	enum packet_state next;

	while ((next = packet_next(file, &end, &head)) == PACKET_WHOLE ||
	       next == PACKET_OVERWRITTEN) {
		if (next == PACKET_OVERWRITTEN &&
		    empty(file, path, begin, end, head, before))
			return -1;
		before = head.number;
		begin = end;
	}
	return next == PACKET_TORN ? ftruncate(file, (off_t)end) : 0;
}

static int open_stream(const char *path)
{
	int file = open(path, O_RDWR | O_CLOEXEC), rc;

	if (file < 0)
		return failed(path);
	rc = repair_stream(file, path);
	return close(file) || rc ? failed(path) : 0;
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
	return strcmp(path + where->base, "metadata") ? open_stream(path) : 0;
}

int repair_trace(const char *output)
{
	quiet = false;
	return nftw(output, visit, 16, FTW_PHYS) ? EXIT_FAILED : 0;
}

/* The old one stays until the new one is whole. */
int repair_metadata(const char *from, const char *to)
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
		repair_metadata(path, to);
	return 0;
}

void repair_all(const char *output, const char *buffers)
{
	quiet = true;
	nftw(output, visit, 16, FTW_PHYS);
	target = output;
	source_length = strlen(buffers);
	nftw(buffers, visit_buffers, 16, FTW_PHYS);
}

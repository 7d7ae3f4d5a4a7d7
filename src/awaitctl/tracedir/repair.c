/* SPDX-License-Identifier: MIT */
/* See repair.h. */
#define _GNU_SOURCE
#include "awaitctl/tracedir/repair.h"

#include "awaitctl/tracedir/tree.h"
#include "ctf/packet.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int cannot_write(const char *path, struct trouble *why)
{
	return trouble(why, "cannot write %s: %s; then: awaitctl recover", path,
		       strerror(errno));
}

/* Leaves nothing of a packet but the head, with the number of the one before:
 * so the number of the next tells readers that one is missing. */
static int empty_packet(int file, const char *path, uint64_t begin,
			uint64_t end, struct packet_head head, uint64_t before)
{
	unsigned word = strstr(path, "/32-bit/") ? 4 : 8;

	head.content_size = 8 * packet_head_size(word);
	head.packet_size = 8 * (end - begin);
	head.number = before;
	if (pwrite(file, &head, sizeof(head), (off_t)begin) != sizeof(head))
		return -1;
	return 0;
}

static int repair_packets(int file, const char *path)
{
	struct packet_head head;
	uint64_t begin = 0, end = 0, before = 0;
	enum packet_state next;

	while ((next = packet_next(file, &end, &head)) == PACKET_WHOLE ||
	       next == PACKET_OVERWRITTEN) {
		if (next == PACKET_OVERWRITTEN &&
		    empty_packet(file, path, begin, end, head, before))
			return -1;
		before = head.number;
		begin = end;
	}
	return next == PACKET_TORN ? ftruncate(file, (off_t)end) : 0;
}

static int repair_stream(const struct tree_entry *entry)
{
	int file =
		openat(entry->at, entry->name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	int rc;

	if (file < 0)
		return -1;
	rc = repair_packets(file, entry->path);
	return close(file) || rc ? -1 : 0;
}

static bool is_index(const char *path)
{
	size_t length = strlen(path);

	return length > 4 && !strcmp(path + length - 4, ".idx");
}

static int repair_file(const struct tree_entry *entry, void *data,
		       struct trouble *why)
{
	const bool *go_on = data;
	int rc;

	if (entry->type != TREE_FILE || !strcmp(entry->name, "metadata"))
		return 0;
	rc = is_index(entry->path) ? unlinkat(entry->at, entry->name, 0) :
				     repair_stream(entry);
	return rc && !*go_on ? cannot_write(entry->path, why) : 0;
}

int repair_trace(const struct folder *folder, const char *below,
		 struct trouble *why)
{
	bool go_on = false;

	return tree_walk(folder, below, repair_file, &go_on, why);
}

/* Returns 0 or -1. */
static int copy_metadata(const struct tree_entry *from,
			 const struct folder *folder, const char *to)
{
	int in =
		openat(from->at, from->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int out = in < 0 ?
			  -1 :
			  folder_file(folder, to, O_WRONLY | O_CREAT | O_TRUNC);
	int rc = out < 0 ? -1 : copy_file(in, out);
	int error = errno;

	if (out >= 0 && close(out)) {
		error = errno;
		rc = -1;
	}
	if (in >= 0)
		close(in);
	errno = error;
	return rc;
}

/* The old one stays until the new one is whole. */
int repair_metadata(const struct tree_entry *from, const struct folder *folder,
		    const char *to)
{
	char next[PATH_MAX + 8];
	int error;

	snprintf(next, sizeof(next), "%s.next", to);
	if (copy_metadata(from, folder, next) == 0 &&
	    folder_rename(folder, next, to) == 0)
		return 0;
	error = errno;
	folder_unlink(folder, next);
	errno = error;
	return -1;
}

static int try_metadata(const struct tree_entry *entry, void *data,
			struct trouble *why)
{
	const struct folder *output = data;

	(void)why;
	if (entry->type != TREE_FILE || strcmp(entry->name, "metadata") != 0)
		return 0;
	if (entry->size)
		repair_metadata(entry, output, entry->below);
	return 0;
}

void repair_all(const struct folder *output, const struct folder *folder,
		const char *buffers)
{
	struct trouble ignored;
	bool go_on = true;

	tree_walk(output, "", repair_file, &go_on, &ignored);
	tree_walk(folder, buffers, try_metadata, (void *)output, &ignored);
}

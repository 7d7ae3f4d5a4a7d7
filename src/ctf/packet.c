/* SPDX-License-Identifier: MIT */
/* See packet.h. */
#define _GNU_SOURCE
#include "ctf/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether it begins as one, as far as the file goes. */
static bool is_packet(const struct packet_head *head, size_t size)
{
	const uint32_t magic = PACKET_MAGIC;

	if (size > sizeof(magic))
		size = sizeof(magic);
	return memcmp(head, &magic, size) == 0;
}

/* Begins as all packets of a stream do: with the trace and the stream. */
static const size_t same = offsetof(struct packet_head, instance);

/* Where the first begins behind *at and up to end. */
static bool find_packet(int file, uint64_t *at, uint64_t end,
			const struct packet_head *like)
{
	char block[65536];

	for (uint64_t from = *at + same; from < end;
	     from += sizeof(block) - same) {
		ssize_t size = pread(file, block, sizeof(block), (off_t)from);
		const char *found =
			size > 0 ? memmem(block, (size_t)size, like, same) :
				   NULL;

		if (found) {
			*at = from + (uint64_t)(found - block);
			return *at < end;
		}
	}
	return false;
}

/* Whether none begins where this one should end, at its end in the file. */
static bool is_cut(int file, uint64_t *at, const struct packet_head *head)
{
	uint64_t end = *at + head->packet_size / 8;
	struct packet_head next;
	ssize_t size = pread(file, &next, sizeof(next), (off_t)end);

	return size > 0 && !is_packet(&next, (size_t)size) &&
	       find_packet(file, at, end, head);
}

enum packet packet_next(int file, uint64_t *at, struct packet_head *head)
{
	struct packet_head here;
	struct stat status;
	ssize_t size = pread(file, &here, sizeof(here), (off_t)*at);

	if (size == 0)
		return PACKET_NONE;
	if (size < 0 || !is_packet(&here, (size_t)size) || fstat(file, &status))
		return PACKET_OTHER;
	if (size < (ssize_t)sizeof(here))
		return PACKET_TORN;
	if (here.packet_size / 8 < sizeof(here))
		return PACKET_OTHER;
	*head = here;
	if (is_cut(file, at, &here))
		return PACKET_CUT;
	if (here.packet_size / 8 > (uint64_t)status.st_size - *at)
		return PACKET_TORN;
	*at += here.packet_size / 8;
	return PACKET_WHOLE;
}

enum packet packet_last(int file, uint64_t *at, struct packet_head *last,
			uint64_t *cut)
{
	struct packet_head head;
	enum packet next;

	while ((next = packet_next(file, at, &head)) == PACKET_WHOLE ||
	       next == PACKET_CUT) {
		*last = head;
		*cut += next == PACKET_CUT;
	}
	return next;
}

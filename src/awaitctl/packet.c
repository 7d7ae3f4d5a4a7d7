/* SPDX-License-Identifier: MIT */
/* See packet.h. */
#include "packet.h"

#include <stdbool.h>
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
	if (here.packet_size / 8 > (uint64_t)status.st_size - *at)
		return PACKET_TORN;
	*head = here;
	*at += here.packet_size / 8;
	return PACKET_WHOLE;
}

enum packet packet_last(int file, uint64_t *at, struct packet_head *last)
{
	enum packet next;

	do
		next = packet_next(file, at, last);
	while (next == PACKET_WHOLE);
	return next;
}

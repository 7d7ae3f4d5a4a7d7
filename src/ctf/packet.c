/* SPDX-License-Identifier: MIT */
/* See packet.h. */
#define _GNU_SOURCE
#include "ctf/packet.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether it begins as a packet, as far as the file goes. */
static bool is_packet(const struct packet_head *head, size_t size)
{
	const uint32_t magic = PACKET_MAGIC;

	if (size > sizeof(magic))
		size = sizeof(magic);
	return memcmp(head, &magic, size) == 0;
}

/* No file has more bytes. */
#define PACKET_MOST ((uint64_t)1 << 56)

/* All packets of a stream begin alike, up to its id. */
static const size_t alike = offsetof(struct packet_head, instance);

/* Moves *at to the next packet's begin after it; false if none is before end.
 */
static bool find_packet(int file, uint64_t *at, uint64_t end,
			const struct packet_head *like)
{
	char block[65536];

	for (uint64_t from = *at + alike; from < end;
	     from += sizeof(block) - alike) {
		ssize_t size = pread(file, block, sizeof(block), (off_t)from);
		const char *found =
			size > 0 ? memmem(block, (size_t)size, like, alike) :
				   NULL;

		if (found) {
			*at = from + (uint64_t)(found - block);
			return *at < end;
		}
	}
	return false;
}

/* Whether another packet begins within the one at *at, which is so if none
 * begins where it should end. *at becomes that packet's begin. */
static bool is_overwritten(int file, uint64_t *at,
			   const struct packet_head *head)
{
	uint64_t end = *at + head->packet_size / 8;
	struct packet_head next;
	ssize_t size = pread(file, &next, sizeof(next), (off_t)end);

	return size > 0 && !is_packet(&next, (size_t)size) &&
	       find_packet(file, at, end, head);
}

/* Whether there are only zeros from there to the end of the file, as after a
 * power cut: its size was written, and not what is in it. */
static bool ends_in_zeros(int file, off_t at)
{
	static const char zeros[4096];
	char block[sizeof(zeros)];
	ssize_t size = 1;

	while (size > 0 && (at = lseek(file, at, SEEK_DATA)) >= 0) {
		size = pread(file, block, sizeof(block), at);
		if (size < 0 || memcmp(block, zeros, (size_t)size) != 0)
			return false;
		at += size;
	}
	return size == 0 || errno == ENXIO;
}

enum packet_state packet_next(int file, uint64_t *at, struct packet_head *head)
{
	struct packet_head here;
	struct stat status;
	ssize_t size = pread(file, &here, sizeof(here), (off_t)*at);

	if (size == 0)
		return PACKET_NONE;
	if (size < 0 || fstat(file, &status))
		return PACKET_OTHER;
	if (!is_packet(&here, (size_t)size))
		return ends_in_zeros(file, (off_t)*at) ? PACKET_TORN :
							 PACKET_OTHER;
	if (size < (ssize_t)sizeof(here))
		return PACKET_TORN;
	if (here.packet_size / 8 < sizeof(here))
		return PACKET_OTHER;
	*head = here;
	if (is_overwritten(file, at, &here))
		return PACKET_OVERWRITTEN;
	if (here.packet_size / 8 > (uint64_t)status.st_size - *at)
		return PACKET_TORN;
	*at += here.packet_size / 8;
	return PACKET_WHOLE;
}

bool packet_sizes_possible(int file, uint64_t *at)
{
	struct packet_head head;

	for (*at = 0;
	     pread(file, &head, sizeof(head), (off_t)*at) ==
		     (ssize_t)sizeof(head) &&
	     is_packet(&head, sizeof(head)) && head.packet_size != UINT64_MAX;
	     *at += head.packet_size / 8)
		if (head.packet_size / 8 < sizeof(head) ||
		    head.packet_size / 8 > PACKET_MOST ||
		    head.content_size > head.packet_size)
			return false;
	return true;
}

enum packet_state packet_last(int file, uint64_t *at, struct packet_head *last,
			      uint64_t *overwritten)
{
	struct packet_head head;
	enum packet_state next;

	while ((next = packet_next(file, at, &head)) == PACKET_WHOLE ||
	       next == PACKET_OVERWRITTEN) {
		*last = head;
		*overwritten += next == PACKET_OVERWRITTEN;
	}
	return next;
}

uint64_t packet_first_discarded(int file, unsigned word)
{
	struct packet_head head = { 0 };
	uint64_t at = 0;

	if (packet_next(file, &at, &head) != PACKET_WHOLE)
		return 0;
	return word == 4 ? head.discarded & UINT32_MAX : head.discarded;
}

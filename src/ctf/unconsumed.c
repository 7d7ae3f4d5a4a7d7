/* SPDX-License-Identifier: MIT */
/* See unconsumed.h. */
#include "ctf/unconsumed.h"

#include <fcntl.h>
#include <unistd.h>

const struct packet_head *packet_head_of(const struct ring_part *part)
{
	const struct packet_head *head = (const void *)part->bytes;

	return head->magic == PACKET_MAGIC ? head : NULL;
}

bool packet_is_delivered(const struct ring_part *part)
{
	const struct packet_head *head = (const void *)part->bytes;

	return part->committed == part->taken && head->end != 0 &&
	       head->content_size <= head->packet_size &&
	       head->packet_size <= 8 * part->size;
}

const struct packet_head *packet_head_at(const struct ring *ring,
					 uint64_t position)
{
	struct ring_part part;

	if (!ring_next(ring, &position, &part) ||
	    part.committed < packet_head_size(ring->word))
		return NULL;
	return packet_head_of(&part);
}

/* That of a whole packet at that position. */
static const struct packet_head *delivered_at(const struct ring *ring,
					      uint64_t position)
{
	struct ring_part part;

	if (!ring_next(ring, &position, &part) || !packet_is_delivered(&part))
		return NULL;
	return packet_head_of(&part);
}

/* Number of the first packet that the file lacks. Returns 0, or -1 if there is
 * no such file. */
static int find_missing(uint64_t *number, const char *path, struct found *found)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	struct packet_head last = { .number = UINT64_MAX };
	uint64_t end = 0, cut = 0;
	enum packet tail;

	if (file < 0)
		return -1;
	tail = packet_last(file, &end, &last, &cut);
	close(file);
	found->lost += cut;
	found->cut = found->cut || cut;
	*number = last.number + 1;
	return tail == PACKET_OTHER ? -1 : 0;
}

void unwritten_find(struct ring *ring, const char *file, struct found *found)
{
	uint64_t missing, first = UINT64_MAX;
	const struct packet_head *head;

	if (ring_overwrites(ring) || find_missing(&missing, file, found))
		return;
	head = packet_head_at(ring, ring->begin);
	if (head)
		first = head->number;
	while ((head = delivered_at(ring, ring_back(ring))) &&
	       head->number >= missing && head->number < first) {
		first = head->number;
		ring->begin = ring_back(ring);
		found->saved = true;
	}
	if (first != UINT64_MAX && first > missing)
		found->lost += first - missing;
	found->full = found->full || ring_is_full(ring);
}

/* SPDX-License-Identifier: MIT */
/* See unconsumed.h. */
#include "ctf/unconsumed.h"

#include "common/regular_file.h"

#include <unistd.h>

/* The head of the packet at that position if it is whole. */
static const struct packet_head *delivered_at(const struct shm_ring *ring,
					      uint64_t position)
{
	struct shm_subbuf subbuf;

	if (!shm_ring_next(ring, &position, &subbuf) ||
	    !shm_subbuf_is_delivered(&subbuf))
		return NULL;
	return shm_subbuf_head(&subbuf);
}

/* The number of the first packet that the file lacks. Returns 0, or -1 if it is
 * no stream that can be read. */
static int find_missing(uint64_t *number, const char *path,
			struct unconsumed *unconsumed)
{
	int file = regular_file_open(path, INT64_MAX);
	struct packet_head last = { .number = UINT64_MAX };
	uint64_t end = 0, overwritten = 0;
	enum packet_state tail;

	if (file < 0)
		return -1;
	tail = packet_last(file, &end, &last, &overwritten);
	close(file);
	unconsumed->lost += overwritten;
	unconsumed->overwritten = unconsumed->overwritten || overwritten;
	*number = last.number + 1;
	return tail == PACKET_OTHER ? -1 : 0;
}

void unconsumed_find(struct shm_ring *ring, const char *file,
		     struct unconsumed *unconsumed)
{
	uint64_t missing, first = UINT64_MAX;
	const struct packet_head *head;

	if (shm_ring_overwrites(ring) ||
	    find_missing(&missing, file, unconsumed))
		return;
	/* Before the begin moves: the program could fill again what was given
	 * back. */
	unconsumed->full = unconsumed->full || shm_ring_is_full(ring);
	head = shm_ring_head_at(ring, ring->begin);
	if (head)
		first = head->number;
	while ((head = delivered_at(ring, shm_ring_previous_position(ring))) &&
	       head->number >= missing && head->number < first) {
		first = head->number;
		ring->begin = shm_ring_previous_position(ring);
		unconsumed->rescued = true;
	}
	if (first != UINT64_MAX && first > missing)
		unconsumed->lost += first - missing;
}

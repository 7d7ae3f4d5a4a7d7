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

/* The last packet of the file; its number is -1 if it has none. Returns 0, or
 * -1 if it is no stream that can be read. */
static int find_last(struct packet_head *last, const char *path,
		     struct unconsumed *unconsumed)
{
	int file = regular_file_open(path, INT64_MAX);
	uint64_t end = 0, overwritten = 0;
	enum packet_state tail;

	*last = (struct packet_head){ .number = UINT64_MAX };
	if (file < 0)
		return -1;
	tail = packet_last(file, &end, last, &overwritten);
	close(file);
	unconsumed->lost += overwritten;
	unconsumed->overwritten = unconsumed->overwritten || overwritten;
	return tail == PACKET_OTHER ? -1 : 0;
}

/* The last packet of a ring may be in the ring, or in the file, or be whole in
 * neither: then nothing is known of it. */
static bool ends_before(const struct shm_ring *ring,
			const struct packet_head *written, uint64_t time)
{
	const struct packet_head *head = delivered_at(ring, ring->end - 1);

	if (head && shm_ring_is_packet(ring, head, ring->end - 1))
		return head->end < time;
	return shm_ring_is_packet(ring, written, ring->end - 1) &&
	       written->end < time;
}

void unconsumed_find(struct shm_ring *ring, const char *file, uint64_t stopped,
		     struct unconsumed *unconsumed)
{
	uint64_t missing, first = UINT64_MAX;
	const struct packet_head *head;
	struct packet_head last;

	if (shm_ring_overwrites(ring) || find_last(&last, file, unconsumed))
		return;
	missing = last.number + 1;
	/* Before the begin moves: the program could fill again what was given
	 * back. */
	unconsumed->full = unconsumed->full || shm_ring_is_full(ring) ||
			   ends_before(ring, &last, stopped);
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

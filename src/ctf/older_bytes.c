/* SPDX-License-Identifier: MIT */
/* See older_bytes.h. */
#define _GNU_SOURCE
#include "ctf/older_bytes.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* A packet may end earlier than those before: so many laps are looked at. */
enum { LAPS = 16 };

enum { STEPS_OF_PACKET = 64 };

struct packet_place {
	uint64_t number, at, size;
};

/* Finds the packets of the same place in the ring, of the last laps before
 * `number`: place[lap % LAPS], of which the size is 0 if there is none. */
static bool find_packets(struct packet_place place[LAPS], int file,
			 uint64_t number, uint64_t subbufs, struct steps *steps)
{
	uint64_t at = 0, from = 0;
	struct packet_head head;
	enum packet_state state;

	while ((state = packet_next(file, &at, &head)) == PACKET_WHOLE ||
	       state == PACKET_OVERWRITTEN) {
		if (!steps_take(steps, STEPS_OF_PACKET))
			return false;
		if (state == PACKET_WHOLE && head.number < number &&
		    (number - head.number) % subbufs == 0)
			place[head.number / subbufs % LAPS] =
				(struct packet_place){ head.number, from,
						       at - from };
		from = at;
	}
	return true;
}

static uint64_t read_packets(const struct packet_place place[LAPS], int file,
			     uint64_t number, uint64_t subbufs, char *bytes,
			     uint64_t size)
{
	uint64_t known = 0;

	for (int i = 0; i < LAPS && known < size; i++) {
		const struct packet_place *packet;

		if (number < subbufs) {
			memset(bytes + known, 0, size - known);
			return size;
		}
		number -= subbufs;
		packet = &place[number / subbufs % LAPS];
		if (packet->size == 0 || packet->number != number ||
		    packet->size > size)
			break;
		if (packet->size <= known)
			continue;
		if (pread(file, bytes + known, packet->size - known,
			  (off_t)(packet->at + known)) !=
		    (ssize_t)(packet->size - known))
			break;
		known = packet->size;
	}
	return known;
}

uint64_t older_bytes_read(const char *stream, const struct shm_ring *ring,
			  uint64_t size, uint64_t number, char *bytes,
			  struct steps *steps)
{
	const uint64_t subbufs = shm_ring_subbufs(ring);
	struct packet_place place[LAPS] = { 0 };
	uint64_t known = 0;
	int file;

	if (ring->exchanges)
		return 0;
	file = open(stream, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return 0;
	if (find_packets(place, file, number, subbufs, steps))
		known = read_packets(place, file, number, subbufs, bytes, size);
	close(file);
	return known;
}

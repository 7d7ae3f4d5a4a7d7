/* SPDX-License-Identifier: MIT */
/* See shm_ring.h. */
#define _GNU_SOURCE
#include "ctf/shm_ring.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* LTTng's "crash dump ABI" 0.0. Offsets are in bytes, from the begin of the
 * file where nothing else is said. */
struct ring_abi {
	uint8_t magic[16];
	uint64_t size; /* of the file */
	uint16_t endian, major, minor;
	uint8_t word, type;
	struct {
		uint32_t taken, consumed;
		uint32_t commits, commits_sequence; /* in a record */
		uint32_t parts, part_id;	    /* in a record */
		uint32_t pages, pages_place;	    /* in a record */
		uint32_t place_bytes;		    /* in pages */
		uint32_t content_size, packet_size; /* in a packet */
	} __attribute__((packed)) at;
	struct {
		uint8_t taken, consumed, commits_sequence, part_id, pages_place,
			place_bytes, content_size, packet_size;
	} length;
	struct {
		uint32_t commits, parts, pages;
	} __attribute__((packed)) stride;
	uint64_t ring_size, part_size, part_count;
	uint32_t mode; /* 0: overwrites */
} __attribute__((packed));

static const uint8_t magic[16] = { 0x17, 0x7b, 0xf1, 0x77, 0xbf, 0x17,
				   0x7b, 0xf1, 0x77, 0xbf, 0x17, 0x7b,
				   0xf1, 0x77, 0xbf, 0x17 };

static bool power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

/* What was committed lies before how much of it has no gap. */
static bool known(const struct ring_abi *abi)
{
	return abi->endian == 0x1234 && abi->major == 0 && abi->minor == 0 &&
	       (abi->word == 8 || abi->word == 4) && abi->type == 0 &&
	       abi->at.commits_sequence == abi->word &&
	       abi->length.commits_sequence == abi->word &&
	       power_of_two(abi->part_size) && power_of_two(abi->part_count) &&
	       abi->ring_size / abi->part_count == abi->part_size;
}

/* 0 outside of the file: what is made of it is checked, too. */
static uint64_t number(const struct ring *ring, uint64_t at, unsigned length)
{
	uint64_t value = 0; /* of this machine's byte order, which is little */

	if (at <= ring->size - sizeof(value) && length <= sizeof(value))
		memcpy(&value, ring->bytes + at, length);
	return value;
}

static enum ring_opened look(struct ring *ring)
{
	const struct ring_abi *abi = (void *)ring->bytes;

	if (memcmp(abi->magic, magic, sizeof(magic)) != 0)
		return RING_NONE;
	if (!known(abi))
		return RING_UNKNOWN;
	ring->abi = abi;
	ring->word = abi->word;
	ring->begin = number(ring, abi->at.consumed, abi->length.consumed);
	ring->end = number(ring, abi->at.taken, abi->length.taken);
	return RING_OPENED;
}

enum ring_opened ring_open(struct ring *ring, const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	enum ring_opened opened;

	if (file < 0)
		return RING_FAILED;
	if (fstat(file, &status)) {
		close(file);
		return RING_FAILED;
	}
	*ring = (struct ring){ .size = (uint64_t)status.st_size };
	if (ring->size < sizeof(struct ring_abi)) {
		close(file);
		return RING_NONE;
	}
	ring->bytes = mmap(NULL, ring->size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE, file, 0);
	close(file);
	if (ring->bytes == MAP_FAILED)
		return RING_FAILED;
	opened = look(ring);
	if (opened != RING_OPENED)
		ring_close(ring);
	return opened;
}

void ring_close(struct ring *ring)
{
	munmap(ring->bytes, ring->size);
}

/* Counters of a sub-buffer go on from one lap of the ring to the next. */
static uint64_t in_lap(const struct ring_abi *abi, uint64_t count,
		       uint64_t position)
{
	uint64_t lap = position / abi->ring_size * abi->part_size;
	uint64_t all = abi->word == 8 ? UINT64_MAX : UINT32_MAX;
	uint64_t within = (count - lap) & (all / abi->part_count);

	return within <= abi->part_size ? within : 0;
}

/* The record of its bytes: which of them a sub-buffer has, changes when a ring
 * overwrites, which also has flags beside it. */
static uint64_t find_pages(const struct ring *ring, uint64_t index)
{
	const struct ring_abi *abi = ring->abi;
	uint64_t part = abi->at.parts + index * abi->stride.parts;
	uint64_t id = number(ring, part + abi->at.part_id, abi->length.part_id);

	if (ring_overwrites(ring))
		id &= abi->word == 8 ? UINT32_MAX : UINT16_MAX;
	return number(ring,
		      abi->at.pages + id * abi->stride.pages +
			      abi->at.pages_place,
		      abi->length.pages_place);
}

/* The room that was taken in one that is not being filled: the rest is padding,
 * which is committed. How much lies two words before the bytes' place. */
static void leave_padding(const struct ring *ring, uint64_t pages,
			  struct ring_part *part)
{
	const struct ring_abi *abi = ring->abi;
	uint64_t at = pages + abi->at.place_bytes - 2 * abi->word;
	uint64_t taken = number(ring, at, abi->word);
	uint64_t padding = part->size - taken;

	if (taken > part->size || padding > part->committed)
		return;
	part->taken = taken;
	part->committed -= padding;
}

bool ring_next(const struct ring *ring, uint64_t *position,
	       struct ring_part *part)
{
	const struct ring_abi *abi = ring->abi;
	uint64_t at = *position & ~(abi->part_size - 1);
	uint64_t index = at % abi->ring_size / abi->part_size;
	uint64_t commits = abi->at.commits + index * abi->stride.commits;
	uint64_t pages, bytes;

	if (*position >= ring->end || ring->end - at > abi->ring_size)
		return false;
	*position = at + abi->part_size;
	pages = find_pages(ring, index);
	bytes = number(ring, pages + abi->at.place_bytes,
		       abi->length.place_bytes);
	if (bytes > ring->size || ring->size - bytes < abi->part_size)
		return false;
	*part = (struct ring_part){
		.bytes = ring->bytes + bytes,
		.size = abi->part_size,
		.taken = abi->part_size,
		.committed = in_lap(abi, number(ring, commits, abi->word), at),
		.sequence = in_lap(
			abi, number(ring, commits + abi->word, abi->word), at),
	};
	if (*position <= ring->end)
		leave_padding(ring, pages, part);
	else
		part->taken = ring->end - at;
	return true;
}

uint64_t ring_back(const struct ring *ring)
{
	uint64_t begin = ring->begin & ~(ring->abi->part_size - 1);

	return begin ? begin - ring->abi->part_size : ring->end;
}

bool ring_overwrites(const struct ring *ring)
{
	return ring->abi->mode == 0;
}

bool ring_is_full(const struct ring *ring)
{
	uint64_t begin = ring->begin & ~(ring->abi->part_size - 1);

	return ring->end - begin > ring->abi->ring_size - ring->abi->part_size;
}

bool ring_before(const struct ring *ring, struct ring_part *part)
{
	uint64_t position = ring_back(ring);

	return ring_next(ring, &position, part);
}

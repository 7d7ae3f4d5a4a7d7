/* SPDX-License-Identifier: MIT */
/* See shm_ring.h. */
#include "ctf/shm_ring.h"

#include "common/regular_file.h"
#include "ctf/native_number.h"

#include <string.h>
#include <unistd.h>

/*
 * LTTng's "crash dump ABI" 0.0 and 1.0, with the names of lttng-ust. They
 * differ in how a ring is used, not in how it is described. Offsets are in
 * bytes from the begin of the file, or from the begin of an array's element.
 */
struct crash_abi {
	uint8_t magic[16];
	uint64_t mmap_length;
	uint16_t endian, major, minor;
	uint8_t word_size, layout_type;
	struct {
		uint32_t prod_offset, consumed_offset;
		uint32_t commit_hot_array, commit_hot_seq; /* in an element */
		uint32_t buf_wsb_array, buf_wsb_id;	   /* in an element */
		uint32_t sb_array, sb_array_shmp_offset;   /* in an element */
		uint32_t sb_backend_p_offset;	    /* from sb_array_shmp */
		uint32_t content_size, packet_size; /* in a packet */
	} __attribute__((packed)) offset;
	struct {
		uint8_t prod_offset, consumed_offset, commit_hot_seq,
			buf_wsb_id, sb_array_shmp_offset, sb_backend_p_offset,
			content_size, packet_size;
	} length;
	struct {
		uint32_t commit_hot_array, buf_wsb_array, sb_array;
	} __attribute__((packed)) stride;
	uint64_t buf_size, subbuf_size, num_subbuf;
	uint32_t mode; /* 0: overwrites */
} __attribute__((packed));

static const uint8_t magic[16] = { 0x17, 0x7b, 0xf1, 0x77, 0xbf, 0x17,
				   0x7b, 0xf1, 0x77, 0xbf, 0x17, 0x7b,
				   0xf1, 0x77, 0xbf, 0x17 };

static bool is_power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

/* The committed bytes are counted in the word before commit_hot_seq. A
 * sub-buffer has room for a packet's head, so that may be looked at, and the
 * file has room for all of them. */
static bool is_known(const struct crash_abi *abi, uint64_t size)
{
	return abi->endian == 0x1234 && abi->major <= 1 && abi->minor == 0 &&
	       (abi->word_size == 8 || abi->word_size == 4) &&
	       abi->layout_type == 0 &&
	       abi->offset.commit_hot_seq == abi->word_size &&
	       abi->length.commit_hot_seq == abi->word_size &&
	       is_power_of_two(abi->subbuf_size) &&
	       abi->subbuf_size >= packet_head_size(8) &&
	       is_power_of_two(abi->num_subbuf) && abi->buf_size <= size &&
	       abi->buf_size / abi->num_subbuf == abi->subbuf_size &&
	       abi->buf_size % abi->subbuf_size == 0;
}

/* The number there; 0 outside the file. Numbers in a file are not to be
 * trusted: what is computed of them is checked again. */
static uint64_t read_number(const struct shm_ring *ring, uint64_t at,
			    unsigned length)
{
	if (at > ring->size - sizeof(uint64_t) || length > sizeof(uint64_t))
		return 0;
	return native_number(ring->bytes + at, length);
}

/* Which bytes the sub-buffer at that index has. Where the consumer exchanges
 * them, the id has flags beside it. */
static uint64_t read_id(const struct shm_ring *ring, uint64_t index)
{
	const struct crash_abi *abi = ring->abi;
	uint64_t id = read_number(ring,
				  abi->offset.buf_wsb_array +
					  index * abi->stride.buf_wsb_array +
					  abi->offset.buf_wsb_id,
				  abi->length.buf_wsb_id);

	if (ring->exchanges)
		id &= abi->word_size == 8 ? UINT32_MAX : UINT16_MAX;
	return id;
}

/* The bytes that no sub-buffer has: there is one more than sub-buffers. */
static uint64_t find_spare(const struct shm_ring *ring)
{
	uint64_t spare = ring->abi->num_subbuf;

	for (uint64_t i = 0; i < ring->abi->num_subbuf; i++)
		spare ^= i ^ read_id(ring, i);
	return spare;
}

static enum shm_ring_opened read_abi(struct shm_ring *ring)
{
	const struct crash_abi *abi = (const void *)ring->bytes;

	if (memcmp(abi->magic, magic, sizeof(magic)) != 0)
		return SHM_RING_NONE;
	ring->major = abi->major;
	ring->minor = abi->minor;
	if (!is_known(abi, ring->size))
		return SHM_RING_UNKNOWN;
	ring->abi = abi;
	ring->word = abi->word_size;
	ring->begin = read_number(ring, abi->offset.consumed_offset,
				  abi->length.consumed_offset);
	ring->end = read_number(ring, abi->offset.prod_offset,
				abi->length.prod_offset);
	ring->owned = abi->major == 1;
	ring->exchanges = ring->owned || shm_ring_overwrites(ring);
	if (ring->exchanges)
		ring->spare = find_spare(ring);
	return SHM_RING_OPENED;
}

enum shm_ring_opened shm_ring_open(struct shm_ring *ring, const char *path)
{
	int file = regular_file_open(path, INT64_MAX);
	enum shm_ring_opened opened;
	int rc;

	if (file < 0)
		return SHM_RING_FAILED;
	*ring = (struct shm_ring){ 0 };
	rc = file_bytes_read(&ring->file, file);
	close(file);
	if (rc)
		return SHM_RING_FAILED;
	ring->bytes = ring->file.bytes;
	ring->size = ring->file.size;
	opened = ring->size < sizeof(struct crash_abi) ? SHM_RING_NONE :
							 read_abi(ring);
	if (opened != SHM_RING_OPENED)
		shm_ring_close(ring);
	return opened;
}

void shm_ring_close(struct shm_ring *ring)
{
	file_bytes_free(&ring->file);
}

/* Counters of a sub-buffer go on from one lap of the ring to the next, and wrap
 * with the program's word. */
static uint64_t count_in_lap(const struct crash_abi *abi, uint64_t count,
			     uint64_t position)
{
	uint64_t lap = position / abi->buf_size * abi->subbuf_size;
	uint64_t all = abi->word_size == 8 ? UINT64_MAX : UINT32_MAX;
	uint64_t within = (count - lap) & (all / abi->num_subbuf);

	return within <= abi->subbuf_size ? within : 0;
}

/* Where the bytes of a sub-buffer are described, and begin; or false. */
static bool find_bytes(const struct shm_ring *ring, uint64_t id,
		       uint64_t *pages, uint64_t *bytes)
{
	const struct crash_abi *abi = ring->abi;

	*pages = read_number(ring,
			     abi->offset.sb_array + id * abi->stride.sb_array +
				     abi->offset.sb_array_shmp_offset,
			     abi->length.sb_array_shmp_offset);
	*bytes = read_number(ring, *pages + abi->offset.sb_backend_p_offset,
			     abi->length.sb_backend_p_offset);
	return *bytes <= ring->size &&
	       ring->size - *bytes >= abi->subbuf_size &&
	       *bytes % _Alignof(struct packet_head) == 0;
}

/* Packets are numbered as sub-buffers are, in all laps. */
bool shm_ring_is_packet(const struct shm_ring *ring,
			const struct packet_head *head, uint64_t position)
{
	uint64_t all = ring->word == 8 ? UINT64_MAX : UINT32_MAX;

	position &= ~(ring->abi->subbuf_size - 1);
	return head->magic == PACKET_MAGIC &&
	       ((head->number * ring->abi->subbuf_size - position) & all) == 0;
}

static bool is_packet_at(const struct shm_ring *ring, uint64_t bytes,
			 uint64_t position)
{
	return shm_ring_is_packet(ring, (const void *)(ring->bytes + bytes),
				  position);
}

/* The bytes of the sub-buffer at that position. A consumer that died when it
 * had not given back a sub-buffer has exchanged them for the spare ones. */
static bool find_subbuf(const struct shm_ring *ring, uint64_t position,
			uint64_t *pages, uint64_t *bytes)
{
	const struct crash_abi *abi = ring->abi;
	uint64_t index = position % abi->buf_size / abi->subbuf_size;
	uint64_t spare_pages, spare_bytes;
	bool found = find_bytes(ring, read_id(ring, index), pages, bytes);

	if (ring->exchanges &&
	    (!found || !is_packet_at(ring, *bytes, position)) &&
	    find_bytes(ring, ring->spare, &spare_pages, &spare_bytes) &&
	    is_packet_at(ring, spare_bytes, position)) {
		*pages = spare_pages;
		*bytes = spare_bytes;
		return true;
	}
	return found;
}

/* Leaves out the padding of a sub-buffer that is full, which counts as
 * committed. The size of the data is two words before sb_backend_p_offset. */
static void leave_padding(const struct shm_ring *ring, uint64_t pages,
			  struct shm_subbuf *subbuf)
{
	const struct crash_abi *abi = ring->abi;
	uint64_t at =
		pages + abi->offset.sb_backend_p_offset - 2 * abi->word_size;
	uint64_t data_size = read_number(ring, at, abi->word_size);
	uint64_t padding = subbuf->size - data_size;

	if (data_size > subbuf->size || padding > subbuf->committed)
		return;
	subbuf->padding = padding;
	subbuf->reserved = data_size;
	subbuf->committed -= padding;
}

/*
 * What is in a sub-buffer that ends at that position, or later. An owner pads
 * its sub-buffer itself, at once with the last commit; until then what it has
 * committed is all there is, and the size of the data is that of a lap before.
 */
static void measure_subbuf(const struct shm_ring *ring, uint64_t end,
			   uint64_t pages, struct shm_subbuf *subbuf)
{
	uint64_t reserved = subbuf->size;

	if (end > ring->end)
		reserved -= end - ring->end;
	subbuf->reserved = reserved;
	subbuf->torn = subbuf->committed != reserved;
	if (ring->owned && subbuf->torn) {
		subbuf->reserved = subbuf->committed;
		subbuf->contiguous = subbuf->committed;
	} else if (end <= ring->end) {
		leave_padding(ring, pages, subbuf);
	}
}

bool shm_ring_next(const struct shm_ring *ring, uint64_t *position,
		   struct shm_subbuf *subbuf)
{
	const struct crash_abi *abi = ring->abi;
	uint64_t at = *position & ~(abi->subbuf_size - 1);
	uint64_t index = at % abi->buf_size / abi->subbuf_size;
	uint64_t counts = abi->offset.commit_hot_array +
			  index * abi->stride.commit_hot_array;
	unsigned word = abi->word_size;
	uint64_t pages, bytes;

	if (*position >= ring->end || ring->end - at > abi->buf_size)
		return false;
	*position = at + abi->subbuf_size;
	if (!find_subbuf(ring, at, &pages, &bytes))
		return false;
	*subbuf = (struct shm_subbuf){
		.bytes = ring->bytes + bytes,
		.size = abi->subbuf_size,
		.committed =
			count_in_lap(abi, read_number(ring, counts, word), at),
		.contiguous = count_in_lap(
			abi, read_number(ring, counts + word, word), at),
	};
	measure_subbuf(ring, *position, pages, subbuf);
	return true;
}

uint64_t shm_ring_previous_position(const struct shm_ring *ring)
{
	uint64_t begin = ring->begin & ~(ring->abi->subbuf_size - 1);

	return begin ? begin - ring->abi->subbuf_size : ring->end;
}

bool shm_ring_previous(const struct shm_ring *ring, struct shm_subbuf *subbuf)
{
	uint64_t position = shm_ring_previous_position(ring);

	return shm_ring_next(ring, &position, subbuf);
}

uint64_t shm_ring_subbufs(const struct shm_ring *ring)
{
	return ring->abi->num_subbuf;
}

bool shm_ring_overwrites(const struct shm_ring *ring)
{
	return ring->abi->mode == 0;
}

bool shm_ring_is_full(const struct shm_ring *ring)
{
	uint64_t begin = ring->begin & ~(ring->abi->subbuf_size - 1);

	return ring->end - begin > ring->abi->buf_size - ring->abi->subbuf_size;
}

const struct packet_head *shm_subbuf_head(const struct shm_subbuf *subbuf)
{
	const struct packet_head *head = (const void *)subbuf->bytes;

	return head->magic == PACKET_MAGIC ? head : NULL;
}

bool shm_subbuf_is_delivered(const struct shm_subbuf *subbuf)
{
	const struct packet_head *head = (const void *)subbuf->bytes;

	return subbuf->committed && subbuf->committed == subbuf->reserved &&
	       head->end != 0 && head->content_size <= head->packet_size &&
	       head->packet_size >= 8 * sizeof(*head) &&
	       head->packet_size % 8 == 0 &&
	       head->packet_size <= 8 * subbuf->size;
}

const struct packet_head *shm_ring_head_at(const struct shm_ring *ring,
					   uint64_t position)
{
	struct shm_subbuf subbuf;

	if (!shm_ring_next(ring, &position, &subbuf) ||
	    subbuf.committed < packet_head_size(ring->word))
		return NULL;
	return shm_subbuf_head(&subbuf);
}

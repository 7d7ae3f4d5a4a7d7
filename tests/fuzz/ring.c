/* SPDX-License-Identifier: MIT */
/* A file of a ring buffer, read as awaitctl recover reads it. What is taken out
 * of a sub-buffer lies in it. */
#include "fuzz.h"

#include "ctf/shm_ring.h"
#include "ctf/torn_subbuf.h"
#include "ctf/unconsumed.h"

#include <stdlib.h>

static const char metadata[] =
	"\nstream {\n"
	"\tid = 0;\n"
	"\tevent.header := struct event_header_large;\n"
	"\tevent.context := struct {\n"
	"\t\tinteger { size = 32; align = 8; } _vpid;\n"
	"\t\tinteger { size = 32; align = 8; } _vtid;\n"
	"\t};\n"
	"};\n"
	"\nevent {\n"
	"\tname = \"await:made\";\n"
	"\tid = 0;\n"
	"\tstream_id = 0;\n"
	"\tfields := struct {\n"
	"\t\tinteger { size = 64; align = 8; } _id;\n"
	"\t\tstring _function;\n"
	"\t\tinteger { size = 8; align = 8; } __stack_length;\n"
	"\t\tinteger { size = 64; align = 8; } _stack[ __stack_length ];\n"
	"\t};\n"
	"};\n";

static const struct stream_layout *layout(void)
{
	static struct event_layouts *layouts;

	if (!layouts)
		layouts = event_layouts_parse(metadata);
	if (!layouts)
		abort();
	return event_layouts_stream(layouts, 0);
}

static void look_at_bytes(const struct shm_ring *ring,
			  const struct shm_subbuf *subbuf)
{
	assert(subbuf->bytes >= ring->bytes &&
	       subbuf->bytes + subbuf->size <= ring->bytes + ring->size);
	assert(subbuf->reserved <= subbuf->size);
	assert(subbuf->contiguous <= subbuf->size);
}

static void look_at_events(const struct shm_ring *ring,
			   struct shm_subbuf *subbuf, struct steps *steps)
{
	uint64_t head = packet_head_size(ring->word), end = head;
	struct torn_subbuf torn;

	subbuf->steps = steps;
	torn_subbuf_find(&torn, layout(), subbuf, head, UINT64_MAX);
	for (unsigned i = 0; i < torn.count; i++) {
		assert(torn.ranges[i].from >= end);
		assert(torn.ranges[i].from < torn.ranges[i].to);
		assert(torn.ranges[i].to <= subbuf->size);
		end = torn.ranges[i].to;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct unconsumed unconsumed = { 0 };
	struct steps steps = { 1 << 22 };
	const char *path = fuzz_file(data, size);
	struct shm_subbuf subbuf;
	struct shm_ring ring;
	uint64_t position, all = 0;

	if (shm_ring_open(&ring, path) != SHM_RING_OPENED)
		return 0;
	unconsumed_find(&ring, path, size, &unconsumed);
	shm_ring_is_full(&ring);
	if (shm_ring_previous(&ring, &subbuf))
		look_at_bytes(&ring, &subbuf);
	position = ring.begin;
	while (shm_ring_next(&ring, &position, &subbuf)) {
		look_at_bytes(&ring, &subbuf);
		all += subbuf.size;
		assert(all <= size);
		shm_ring_head_at(&ring, position);
		if (shm_subbuf_is_delivered(&subbuf)) {
			const struct packet_head *head =
				(const void *)subbuf.bytes;

			assert(head->packet_size / 8 >= sizeof(*head) &&
			       head->packet_size / 8 <= subbuf.size);
		} else if (shm_subbuf_head(&subbuf)) {
			look_at_events(&ring, &subbuf, &steps);
		}
	}
	shm_ring_close(&ring);
	return 0;
}

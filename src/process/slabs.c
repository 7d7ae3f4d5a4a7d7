/* SPDX-License-Identifier: MIT */
/*
 * The list of slabs of one copy of libawait. Slabs never change and are only
 * added, at the front, so the list can be followed while the process runs. See
 * slots.h.
 */
#include "process/slots.h"

#include "abi/slab_sound.h"
#include "common/array.h"

#include <stdlib.h>

static bool read_slab(struct slots *slots, struct slots_slab *slab,
		      uint64_t *next)
{
	const struct await_debug_block *abi = &slots->layout->abi;
	const uint32_t offsets[] = { abi->slab_magic,	  abi->slab_next,
				     abi->slab_first_id,  abi->slab_size,
				     abi->slab_slot_size, abi->slab_first_slot,
				     abi->slab_count };
	uint8_t bytes[RECORD_MAX];
	struct slab_numbers numbers;
	uint32_t size = 0;

	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
		if (offsets[i] + 8 > size)
			size = offsets[i] + 8;
	if (slab->address % abi->slab_alignment ||
	    !memory_read(slots->memory, slab->address, bytes, size))
		return false;
	numbers = (struct slab_numbers){
		.magic = memory_u64(bytes + abi->slab_magic),
		.size = memory_u64(bytes + abi->slab_size),
		.slot_size = memory_u32(bytes + abi->slab_slot_size),
		.first_slot = memory_u32(bytes + abi->slab_first_slot),
		.count = memory_u32(bytes + abi->slab_count),
	};
	*next = memory_u64(bytes + abi->slab_next);
	slab->first_id = memory_u64(bytes + abi->slab_first_id);
	slab->slot_size = numbers.slot_size;
	slab->first_slot = numbers.first_slot;
	slab->count = numbers.count;
	return slab_is_sound(&numbers, abi->slab_magic_value, abi->await_head,
			     abi->slab_alignment);
}

static int by_id(const void *left, const void *right)
{
	const struct slots_slab *a = left, *b = right;

	return a->first_id < b->first_id ? -1 : a->first_id > b->first_id;
}

static int by_address(const void *left, const void *right)
{
	const struct slots_slab *a = *(struct slots_slab *const *)left;
	const struct slots_slab *b = *(struct slots_slab *const *)right;

	return a->address < b->address ? -1 : a->address > b->address;
}

static int sort(struct slots *slots)
{
	if (!slots->count)
		return 0;
	slots->by_address = calloc(slots->count, sizeof(struct slots_slab *));
	if (!slots->by_address)
		return -1;
	qsort(slots->slabs, slots->count, sizeof(*slots->slabs), by_id);
	for (size_t i = 0; i < slots->count; i++)
		slots->by_address[i] = &slots->slabs[i];
	qsort(slots->by_address, slots->count, sizeof(struct slots_slab *),
	      by_address);
	return 0;
}

const struct slots_slab *slots_slab_at(const struct slots *slots,
				       uint64_t address, uint32_t *index)
{
	uint64_t start = address & -(uint64_t)slots->layout->abi.slab_alignment;
	struct slots_slab key = { .address = start }, *wanted = &key, **found;
	const struct slots_slab *slab;
	uint64_t offset;

	if (!slots->count)
		return NULL;
	found = bsearch(&wanted, slots->by_address, slots->count,
			sizeof(*found), by_address);
	if (!found)
		return NULL;
	slab = *found;
	offset = address - slots_address(slab, 0);
	*index = (uint32_t)(offset / slab->slot_size);
	return offset % slab->slot_size == 0 &&
			       offset / slab->slot_size < slab->count ?
		       slab :
		       NULL;
}

int slots_open(struct slots *slots, struct memory *memory,
	       const struct layout *layout)
{
	struct slots_slab *larger;
	uint64_t next;

	*slots = (struct slots){ .memory = memory, .layout = layout };
	if (!memory_read(memory, layout->abi.slabs, &next, sizeof(next))) {
		slots->damaged = true;
		return 0;
	}
	while (next && !memory->spent) {
		struct slots_slab slab = { .address = next };

		/* The newest comes first, so ids fall; in a loop they would
		 * rise somewhere. */
		if (!read_slab(slots, &slab, &next) ||
		    (slots->count > 0 &&
		     slots->slabs[slots->count - 1].first_id <=
			     slab.first_id)) {
			slots->damaged = !memory->spent;
			break;
		}
		larger =
			array_grow(slots->slabs, slots->count, sizeof(*larger));
		if (!larger)
			return -1;
		slots->slabs = larger;
		slots->slabs[slots->count++] = slab;
	}
	return sort(slots);
}

void slots_close(struct slots *slots)
{
	free(slots->slabs);
	free(slots->by_address);
	slots->slabs = NULL;
	slots->by_address = NULL;
	slots->count = 0;
}

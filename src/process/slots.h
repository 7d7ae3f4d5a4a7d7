/* SPDX-License-Identifier: MIT */
/*
 * The awaits of one copy of libawait, each as it was at one moment, although
 * the process keeps running.
 *
 * A slot is read as src/libawait/inspect/snapshot.c reads it: its serial, then
 * its state, then the rest, then the state and the serial again. If the serials
 * are equal, it was one await throughout; if the states are equal, too, and not
 * FREE, all that was read in between belongs to that state. Here each of the
 * five readings covers a whole slab. Slots that changed meanwhile are read
 * again, one at a time and up to TRIES times.
 *
 * An await that exists during a whole walk is therefore visited exactly once.
 * One that is created or destroyed during the walk may be missed.
 */
#pragma once

#include "process/layout.h"

#include "abi/serial.h"
#include "common/assert.h"

struct slots_slab {
	uint64_t address;
	uint64_t first_id;
	uint32_t slot_size, first_slot, count;
};

static inline uint64_t slots_address(const struct slots_slab *slab,
				     uint32_t index)
{
	ASSERT(index < slab->count);
	return slab->address + slab->first_slot +
	       (uint64_t)index * slab->slot_size;
}

/* An await at one moment. */
struct slots_await {
	uint64_t address;
	uint64_t id;
	uint64_t site;
	uint32_t word; /* the state word */
	int32_t error;
	uint32_t serial;
	/* Its state changed at every try: error and attempts may belong to
	 * another state than word. */
	bool unsteady;
};

struct slots {
	struct memory *memory;
	const struct layout *layout;
	struct slots_slab *slabs; /* by id */
	struct slots_slab **by_address;
	size_t count;
	bool damaged;	   /* the list of slabs, or a slab, ends too early */
	uint64_t changing; /* awaits that were too short-lived to be read */
};

/* Finds the slabs. Returns 0, or -1 when memory is out. */
int slots_open(struct slots *slots, struct memory *memory,
	       const struct layout *layout);
void slots_close(struct slots *slots);
/* The slab that has a slot at address, and the index of that slot; or NULL. */
const struct slots_slab *slots_slab_at(const struct slots *slots,
				       uint64_t address, uint32_t *index);

/* Calls visit for each await. Returns 0, or -1 when memory is out. */
int slots_walk(struct slots *slots,
	       void (*visit)(void *data, const struct slots_await *seen),
	       void *data);

/* Reads one await again. */
enum slots_look {
	SLOTS_FREE,	/* no await there */
	SLOTS_CHANGING, /* at every try */
	SLOTS_SEEN,	/* perhaps unsteady */
};
enum slots_look slots_look(struct slots *slots, uint64_t address,
			   struct slots_await *seen);

/* Calls read if the await is still as it was seen, and returns whether it still
 * was afterwards: then what read has read belongs to it. */
bool slots_read(struct slots *slots, const struct slots_await *seen,
		void (*read)(void *data), void *data);

/* Address of a resolved await's saved arguments (LIBAWAIT_DEBUG=args), or 0. */
uint64_t slots_kept_args(struct slots *slots, const struct slots_await *seen);

static inline uint32_t slots_state(const struct slots *slots,
				   const struct slots_await *seen)
{
	return seen->word & slots->layout->abi.state_mask;
}
/* Whether its run was asked to stop. */
static inline bool slots_stop(const struct slots *slots,
			      const struct slots_await *seen)
{
	return seen->word & slots->layout->abi.state_stop;
}
static inline uint32_t slots_owner(const struct slots *slots,
				   const struct slots_await *seen)
{
	return seen->word >> slots->layout->abi.state_owner_shift;
}

/* SPDX-License-Identifier: MIT */
/*
 * The awaits of one copy of libawait, each as it was at one moment, although
 * the process runs on.
 *
 * A slot is looked at as src/libawait/inspect/snapshot.c does: its serial is
 * read, then its state, then all of it, then the state and the serial again.
 * Equal serials mean one life of the slot, and equal states that are not FREE
 * that all that lies between was of that state. Here each of the five reads
 * takes a whole slab; what changed meanwhile is looked at again alone, a few
 * times.
 *
 * So an await that lives through a walk is found in it, once, for it lives in
 * one slot; of one that begins or ends meanwhile, nothing is promised but that
 * what is shown was true.
 */
#pragma once

#include "process/layout.h"

#include "abi/serial.h"

struct slots_slab {
	uint64_t address;
	uint64_t first_id;
	uint32_t slot_size, first_slot, count;
};

static inline uint64_t slots_address(const struct slots_slab *slab,
				     uint32_t index)
{
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
	/* Its state changed at each look: then error and attempts may be those
	 * of another one. */
	bool unsteady;
};

struct slots {
	struct memory *memory;
	const struct layout *layout;
	struct slots_slab *slabs; /* by id */
	size_t count;
	bool damaged;	   /* the list of slabs breaks off, or a slab does */
	uint64_t changing; /* that lived too shortly to be seen whole */
};

/* Finds the slabs. Returns 0, or -1 when memory is out. */
int slots_open(struct slots *slots, struct memory *memory,
	       const struct layout *layout);
void slots_close(struct slots *slots);
/* The slab of the slot at address, and which it is; NULL if there is none. */
const struct slots_slab *slots_slab_at(const struct slots *slots,
				       uint64_t address, uint32_t *index);

/* Calls visit for each await. Returns 0, or -1 when memory is out. */
int slots_walk(struct slots *slots,
	       void (*visit)(void *data, const struct slots_await *seen),
	       void *data);

/* One more look at an await. */
enum slots_look {
	SLOTS_FREE,	/* no await there */
	SLOTS_CHANGING, /* at each of several looks */
	SLOTS_SEEN,	/* perhaps unsteady */
};
enum slots_look slots_look(struct slots *slots, uint64_t address,
			   struct slots_await *seen);

/* Whether the await was as it was seen both before and after a call of read,
 * so that what that has read was true of it. */
bool slots_read(struct slots *slots, const struct slots_await *seen,
		void (*read)(void *data), void *data);

/* Where the arguments of an await lie that is not in need of them any more;
 * 0: nowhere. With LIBAWAIT_DEBUG=args they are kept. */
uint64_t slots_kept_args(struct slots *slots, const struct slots_await *seen);

static inline uint32_t slots_state(const struct slots *slots,
				   const struct slots_await *seen)
{
	return seen->word & slots->layout->abi.state_mask;
}
static inline uint32_t slots_owner(const struct slots *slots,
				   const struct slots_await *seen)
{
	return seen->word >> slots->layout->abi.state_owner_shift;
}

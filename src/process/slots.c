/* SPDX-License-Identifier: MIT */
/* See slots.h. */
#include "process/slots.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
	TRIES = 8,
	/* Of slots of this size or more only the heads are read, one by one. */
	LARGE = 1024,
};

/* What the five readings of a slot found. */
struct look_words {
	uint32_t serial, word, word_after, serial_after;
	uint64_t site;
	int32_t error;
};

/* Keeps a reading behind the one before it, although the kernel does the
 * copying. Acquire: orders loads; partner: the releases of
 * src/libawait/core/cache.c and await_core_publish() in the process that is
 * read. */
static void order_readings(void)
{
	atomic_thread_fence(memory_order_acquire);
}

static uint32_t stride(const struct slots *slots, const struct slots_slab *slab)
{
	return slab->slot_size < LARGE ? slab->slot_size :
					 slots->layout->abi.await_head;
}

/* The heads of all slots of a slab, stride apart. */
static bool read_heads(struct slots *slots, const struct slots_slab *slab,
		       uint8_t *heads)
{
	uint32_t step = stride(slots, slab);

	order_readings();
	if (step == slab->slot_size)
		return memory_read(slots->memory, slots_address(slab, 0), heads,
				   (size_t)step * slab->count);
	for (uint32_t i = 0; i < slab->count; i++)
		if (!memory_read(slots->memory, slots_address(slab, i),
				 heads + (size_t)i * step, step))
			return false;
	return true;
}

static enum slots_look judge(const struct slots *slots,
			     const struct look_words *words)
{
	uint32_t mask = slots->layout->abi.state_mask;
	uint32_t flags = layout_flags(slots->layout);

	if (words->serial != words->serial_after ||
	    ((words->word ^ words->word_after) & ~flags) != 0)
		return SLOTS_CHANGING;
	return (words->word & mask) ? SLOTS_SEEN : SLOTS_FREE;
}

/* Whether it was one await throughout, though in different states. */
static bool is_one_life(const struct slots *slots,
			const struct look_words *words)
{
	uint32_t mask = slots->layout->abi.state_mask;

	return words->serial >> SERIAL_GENERATION_SHIFT ==
		       words->serial_after >> SERIAL_GENERATION_SHIFT &&
	       (words->word & mask) && (words->word_after & mask);
}

static void fill(const struct slots_slab *slab, uint32_t index,
		 const struct look_words *words, struct slots_await *seen)
{
	*seen = (struct slots_await){
		.address = slots_address(slab, index),
		.id = ((uint64_t)(words->serial >> SERIAL_GENERATION_SHIFT)
		       << 32) +
		      slab->first_id + index,
		.site = words->site,
		.word = words->word,
		.error = words->error,
		.serial = words->serial,
	};
}

/* --- the five readings of a slot --- */

/* Takes what one reading is for out of a head. */
typedef void reading(const struct await_debug_block *abi, const uint8_t *head,
		     struct look_words *words);

/* The state, too: a slot that was FREE then need not be read again. */
static void take_serial(const struct await_debug_block *abi,
			const uint8_t *head, struct look_words *words)
{
	words->serial = memory_u32(head + abi->await_serial);
	words->word = memory_u32(head + abi->await_state);
	words->word_after = words->word;
	words->serial_after = words->serial;
}

static void take_word(const struct await_debug_block *abi, const uint8_t *head,
		      struct look_words *words)
{
	words->word = memory_u32(head + abi->await_state);
}

static void take_rest(const struct await_debug_block *abi, const uint8_t *head,
		      struct look_words *words)
{
	words->site = memory_u64(head + abi->await_site);
	words->error = (int32_t)memory_u32(head + abi->await_error);
}

static void take_word_after(const struct await_debug_block *abi,
			    const uint8_t *head, struct look_words *words)
{
	words->word_after = memory_u32(head + abi->await_state);
}

static void take_serial_after(const struct await_debug_block *abi,
			      const uint8_t *head, struct look_words *words)
{
	words->serial_after = memory_u32(head + abi->await_serial);
}

enum { READINGS = 5 };
static reading *const readings[READINGS] = {
	take_serial, take_word, take_rest, take_word_after, take_serial_after,
};

static bool look_once(struct slots *slots, uint64_t address,
		      struct look_words *words)
{
	const struct await_debug_block *abi = &slots->layout->abi;
	uint8_t head[RECORD_MAX];

	for (int i = 0; i < READINGS; i++) {
		order_readings();
		if (!memory_read(slots->memory, address, head, abi->await_head))
			return false;
		readings[i](abi, head, words);
	}
	return true;
}

/* Whether no slot of a slab had an await at the first reading. */
static bool is_free(const struct slots *slots, const struct slots_slab *slab,
		    const struct look_words *words)
{
	uint32_t any = 0;

	for (uint32_t i = 0; i < slab->count; i++)
		any |= words[i].word;
	return !(any & slots->layout->abi.state_mask);
}

/* All slots of a slab; heads and words have room for them. */
static bool look_at_slab(struct slots *slots, const struct slots_slab *slab,
			 uint8_t *heads, struct look_words *words)
{
	uint32_t step = stride(slots, slab);

	for (int reading = 0; reading < READINGS; reading++) {
		if (!read_heads(slots, slab, heads))
			return false;
		for (uint32_t i = 0; i < slab->count; i++)
			readings[reading](&slots->layout->abi,
					  heads + (size_t)i * step, &words[i]);
		/* What begins now need not be seen. */
		if (reading == 0 && is_free(slots, slab, words))
			break;
	}
	return true;
}

static enum slots_look look(struct slots *slots, const struct slots_slab *slab,
			    uint32_t index, struct slots_await *seen)
{
	enum slots_look result = SLOTS_CHANGING;
	struct look_words words = { 0 };

	for (int i = 0; i < TRIES && result == SLOTS_CHANGING; i++) {
		if (!look_once(slots, slots_address(slab, index), &words))
			return SLOTS_FREE;
		result = judge(slots, &words);
	}
	fill(slab, index, &words, seen);
	if (result == SLOTS_CHANGING && is_one_life(slots, &words)) {
		seen->unsteady = true;
		return SLOTS_SEEN;
	}
	return result;
}

enum slots_look slots_look(struct slots *slots, uint64_t address,
			   struct slots_await *seen)
{
	uint32_t index;
	const struct slots_slab *slab = slots_slab_at(slots, address, &index);

	return slab ? look(slots, slab, index, seen) : SLOTS_FREE;
}

static bool is_as_seen(struct slots *slots, const struct slots_await *seen)
{
	struct look_words words = { 0 };

	return look_once(slots, seen->address, &words) &&
	       judge(slots, &words) == SLOTS_SEEN &&
	       words.serial == seen->serial &&
	       ((words.word ^ seen->word) & ~layout_flags(slots->layout)) == 0;
}

bool slots_read(struct slots *slots, const struct slots_await *seen,
		void (*read)(void *data), void *data)
{
	if (seen->unsteady || !is_as_seen(slots, seen))
		return false;
	order_readings();
	read(data);
	return is_as_seen(slots, seen);
}

uint64_t slots_kept_args(struct slots *slots, const struct slots_await *seen)
{
	const struct await_debug_block *abi = &slots->layout->abi;
	uint64_t table, args;
	uint32_t index;
	const struct slots_slab *slab =
		slots_slab_at(slots, seen->address, &index);

	if (!slots->layout->keeps || !slab ||
	    !memory_read(slots->memory, slab->address + abi->slab_kept, &table,
			 sizeof(table)) ||
	    !table ||
	    !memory_read(slots->memory,
			 table + (uint64_t)index * abi->kept_stride +
				 abi->kept_args,
			 &args, sizeof(args)))
		return 0;
	return args;
}

static void visit_slab(struct slots *slots, const struct slots_slab *slab,
		       const struct look_words *words,
		       void (*visit)(void *data,
				     const struct slots_await *seen),
		       void *data)
{
	struct slots_await seen;

	for (uint32_t i = 0; i < slab->count; i++) {
		enum slots_look result = judge(slots, &words[i]);

		if (result == SLOTS_SEEN)
			fill(slab, i, &words[i], &seen);
		else if (result == SLOTS_CHANGING)
			result = look(slots, slab, i, &seen);
		if (result == SLOTS_SEEN)
			visit(data, &seen);
		slots->changing += result == SLOTS_CHANGING;
	}
}

int slots_walk(struct slots *slots,
	       void (*visit)(void *data, const struct slots_await *seen),
	       void *data)
{
	struct look_words *words = NULL;
	uint8_t *heads = NULL;
	size_t count = 0, size = 0;
	int rc = -1;

	for (size_t i = 0; i < slots->count; i++) {
		const struct slots_slab *slab = &slots->slabs[i];
		size_t bytes = (size_t)stride(slots, slab) * slab->count;

		if (slab->count > count)
			count = slab->count;
		if (bytes > size)
			size = bytes;
	}
	words = calloc(count + 1, sizeof(*words));
	heads = malloc(size + 1);
	if (!words || !heads)
		goto out;
	for (size_t i = 0; i < slots->count && !slots->memory->spent; i++)
		if (look_at_slab(slots, &slots->slabs[i], heads, words))
			visit_slab(slots, &slots->slabs[i], words, visit, data);
		else if (!slots->memory->spent)
			slots->damaged = true;
	rc = 0;
out:
	free(words);
	free(heads);
	return rc;
}

/* SPDX-License-Identifier: MIT */
/* See layout.h. */
#include "process/layout.h"

#include <await/version.h>

#include <stddef.h>
#include <string.h>

#define MAJOR_0_SIZE offsetof(struct await_debug_block, slab_kept)
#define MINOR_1_SIZE offsetof(struct await_debug_block, reserved)
#define MINOR_4_SIZE offsetof(struct await_debug_block, reserved_4)
#define MINOR_5_SIZE offsetof(struct await_debug_block, reserved_5)

/* Whether a field of size bytes lies within a record of that length. */
static bool fits(uint32_t offset, uint32_t size, uint32_t record)
{
	return offset <= record && size <= record - offset;
}

static bool has_sound_names(const struct await_debug_block *abi)
{
	uint32_t entry = abi->names_stride;

	return entry > 0 && entry <= RECORD_MAX && abi->name_size > 0 &&
	       fits(abi->name_await, 8, entry) &&
	       fits(abi->name_id, 8, entry) &&
	       fits(abi->name_version, 4, entry) &&
	       fits(abi->name_text, abi->name_size, entry);
}

static bool is_sound(const struct await_debug_block *abi)
{
	const uint32_t far[] = {
		abi->slab_magic,       abi->slab_next,
		abi->slab_first_id,    abi->slab_size,
		abi->slab_slot_size,   abi->slab_first_slot,
		abi->slab_count,       abi->site_func,
		abi->site_file,	       abi->site_function,
		abi->site_line,	       abi->func_name,
		abi->func_type,	       abi->func_args,
		abi->func_run,	       abi->func_arg_count,
		abi->func_args_offset, abi->func_value_offset,
		abi->func_slot_size,   abi->func_origin,
		abi->type_name,	       abi->type_spelling,
		abi->type_size,	       abi->type_kind,
		abi->run_await,	       abi->run_outer,
		abi->run_addr,	       abi->slab_kept,
		abi->kept_args,	       abi->any_count,
		abi->any_entries,      abi->any_await,
		abi->names_used,       abi->site_held_at,
	};
	uint32_t head = abi->await_head, thread = abi->thread_stride;
	uint32_t arg = abi->arg_stride, align = abi->slab_alignment;

	for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++)
		if (!fits(far[i], 8, RECORD_MAX))
			return false;
	return align >= 4096 && align <= 64u << 20 &&
	       (align & (align - 1)) == 0 && head <= RECORD_MAX &&
	       head % 8 == 0 && fits(abi->await_state, 4, head) &&
	       fits(abi->await_refs, 4, head) &&
	       fits(abi->await_site, 8, head) &&
	       fits(abi->await_serial, 4, head) &&
	       fits(abi->await_error, 4, head) && thread <= RECORD_MAX &&
	       fits(abi->thread_tid, 4, thread) &&
	       fits(abi->thread_run, 8, thread) &&
	       fits(abi->thread_blocked_on, 8, thread) && arg <= RECORD_MAX &&
	       fits(abi->arg_name, 8, arg) && fits(abi->arg_spelling, 8, arg) &&
	       fits(abi->arg_offset, 4, arg) && fits(abi->arg_size, 4, arg) &&
	       fits(abi->arg_kind, 4, arg) && abi->state_owner_shift < 32 &&
	       abi->kept_stride <= RECORD_MAX && abi->any_stride <= RECORD_MAX;
}

/* Whether the addresses are valid: until the dynamic loader has relocated the
 * block, they are not. */
static bool is_ready(const struct await_debug_block *abi, struct memory *memory)
{
	uint64_t slabs;
	uint32_t count, tid;

	return memory_read(memory, abi->slabs, &slabs, sizeof(slabs)) &&
	       memory_read(memory, abi->threads + abi->thread_tid, &tid,
			   sizeof(tid)) &&
	       memory_read(memory, abi->thread_count, &count, sizeof(count));
}

enum layout_result layout_read(struct layout *layout, struct memory *memory,
			       uint64_t at, struct trouble *why)
{
	struct await_debug_block *abi = &layout->abi;
	size_t start = offsetof(struct await_debug_block, slabs), size;

	*layout = (struct layout){ .at = at };
	if (!memory_read(memory, at, abi, start) ||
	    abi->magic != AWAIT_DEBUG_MAGIC)
		return LAYOUT_NONE;
	if (abi->major != AWAIT_DEBUG_MAJOR) {
		trouble(why,
			"process %d uses a libawait whose debug block has "
			"version %u.%u, this awaitctl (" AWAIT_VERSION_STRING
			") knows %d.x: use the awaitctl of that libawait",
			(int)memory->pid, abi->major, abi->minor,
			AWAIT_DEBUG_MAJOR);
		return LAYOUT_REFUSED;
	}
	layout->keeps = abi->minor >= 1 && abi->size >= MINOR_1_SIZE;
	layout->anys = abi->minor >= 4 && abi->size >= MINOR_4_SIZE;
	layout->names = abi->minor >= 5 && abi->size >= MINOR_5_SIZE;
	size = layout->names ? MINOR_5_SIZE :
	       layout->anys  ? MINOR_4_SIZE :
	       layout->keeps ? MINOR_1_SIZE :
			       MAJOR_0_SIZE;
	if (abi->size < size ||
	    !memory_read(memory, at + start, (char *)abi + start,
			 size - start) ||
	    !is_sound(abi) || (layout->names && !has_sound_names(abi))) {
		trouble(why,
			"the debug block of libawait in process %d is "
			"damaged",
			(int)memory->pid);
		return LAYOUT_REFUSED;
	}
	return is_ready(abi, memory) ? LAYOUT_READ : LAYOUT_NONE;
}

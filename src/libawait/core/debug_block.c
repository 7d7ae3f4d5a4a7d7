/* SPDX-License-Identifier: MIT */
/* Fills the block of debug.h. Nothing in the library reads it. */
#include "abi/debug.h"

#include "libawait/core/armed.h"
#include "libawait/core/saved_args.h"
#include "libawait/core/sink.h"
#include "libawait/core/slab.h"
#include "libawait/core/state.h"
#include "libawait/core/thread.h"
#include "libawait/core/trap.h"

/* Not static and not hidden: debuggers find it by name, or by section in a
 * stripped library. `retain` keeps it where the linker collects garbage. */
__attribute__((section(".await_debug"), used, retain))
EXPORT const struct await_debug_block await_debug = {
	.magic = AWAIT_DEBUG_MAGIC,
	.major = AWAIT_DEBUG_MAJOR,
	.minor = AWAIT_DEBUG_MINOR,
	.size = sizeof(struct await_debug_block),
	.slabs = (uint64_t)&await_slabs,
	.threads = (uint64_t)await_threads,
	.thread_count = (uint64_t)&await_thread_count,
	.armed = (uint64_t)&await_armed,
#define FIELD(prefix, name, type, member)                                      \
	.prefix##_##name = offsetof(struct type, member)
	.slab_magic_value = SLAB_MAGIC,
	FIELD(slab, magic, slab, magic),
	FIELD(slab, next, slab, next),
	FIELD(slab, first_id, slab, first_id),
	FIELD(slab, size, slab, size),
	FIELD(slab, slot_size, slab, slot_size),
	FIELD(slab, first_slot, slab, first_slot),
	FIELD(slab, count, slab, count),
	.slab_alignment = SLAB_SIZE,
	FIELD(await, state, await, state),
	FIELD(await, refs, await, refs),
	FIELD(await, site, await, site),
	FIELD(await, serial, await, serial),
	FIELD(await, error, await, error),
	.await_head = sizeof(struct await),
	.state_mask = STATE_MASK,
	.state_watch = FLAG_WATCH,
	.state_waiters = FLAG_WAITERS,
	.state_doomed = FLAG_DOOMED,
	.state_owner_shift = OWNER_SHIFT,
	FIELD(site, func, await_site, func),
	FIELD(site, file, await_site, file),
	FIELD(site, function, await_site, function),
	FIELD(site, line, await_site, line),
	FIELD(func, name, await_func, name),
	FIELD(func, type, await_func, type),
	FIELD(func, args, await_func, args),
	FIELD(func, run, await_func, run),
	FIELD(func, arg_count, await_func, arg_count),
	FIELD(func, args_offset, await_func, args_offset),
	FIELD(func, value_offset, await_func, value_offset),
	FIELD(func, slot_size, await_func, slot_size),
	FIELD(func, origin, await_func, origin),
	FIELD(type, name, await_type, name),
	FIELD(type, spelling, await_type, spelling),
	FIELD(type, size, await_type, size),
	FIELD(type, kind, await_type, kind),
	FIELD(arg, name, await_arg, name),
	FIELD(arg, spelling, await_arg, spelling),
	FIELD(arg, offset, await_arg, offset),
	FIELD(arg, size, await_arg, size),
	FIELD(arg, kind, await_arg, kind),
	.arg_stride = sizeof(struct await_arg),
	FIELD(thread, tid, thread, tid),
	FIELD(thread, run, thread, run),
	FIELD(thread, blocked_on, thread, blocked_on),
	FIELD(thread, blocked_addr, thread, blocked_addr),
	.thread_stride = sizeof(struct thread),
	FIELD(run, await, run, aw),
	FIELD(run, outer, run, outer),
	FIELD(run, addr, run, addr),
	FIELD(slab, kept, slab, saved_args),
	FIELD(kept, args, saved_args, args),
	.kept_stride = sizeof(struct saved_args),
	.trap = (uint64_t)&trap,
	.trap_function = (uint64_t)await_trap,
	.trap_armed = (uint64_t)&sink_armed_,
	FIELD(trap, listened, trap, listened),
	FIELD(trap, events, trap, events),
	FIELD(trap, changes, trap, changes),
	FIELD(trap, filters, trap, filters),
	.trap_filters_max = TRAP_FILTERS,
	.trap_stride = sizeof(struct trap_filter),
	.trap_watched = TRAP_WATCH,
	FIELD(filter, events, trap_filter, events),
	FIELD(filter, states, trap_filter, states),
	FIELD(filter, id, trap_filter, id),
	FIELD(filter, name, trap_filter, name),
	.filter_name_size = sizeof(trap.filters[0].name),
	FIELD(thread, trapped, thread, trapped),
	FIELD(trapped, await, trap_event, aw),
	FIELD(trapped, addr, trap_event, addr),
	FIELD(trapped, type, trap_event, type),
	FIELD(trapped, state, trap_event, state),
	FIELD(trapped, error, trap_event, error),
#undef FIELD
};

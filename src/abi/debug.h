/* SPDX-License-Identifier: MIT */
/*
 * The debug ABI: one constant block that says where everything is, so that a
 * debugger needs no debug information, no symbols and need not run code. It is
 * in the ELF section .await_debug of libawait.so and is the symbol await_debug.
 *
 * A reader finds the section (or symbol), checks magic and major, and takes all
 * offsets from this block. Minor versions append fields; `size` says how many
 * bytes are there. A new major means none of this can be trusted: refuse.
 *
 * To list all awaits: follow *slabs through slab_next. Slot i of a slab lies
 * at slab + slab_first_slot's value + i * slot size; its id is
 *     (generation << 32) + first_id + i,    printed #N or #N.generation.
 * A state of 0 is a free slot. All integers are native-endian.
 */
#pragma once

#include <stdint.h>

#define AWAIT_DEBUG_MAGIC 0x5542474454495741ull /* "AWITDGBU" */
#define AWAIT_DEBUG_MAJOR 1
#define AWAIT_DEBUG_MINOR 5

struct await_debug_block {
	uint64_t magic;
	uint16_t major;
	uint16_t minor;
	uint32_t size;

	/* Addresses in the process. */
	uint64_t slabs;	  /* of the pointer to the newest slab */
	uint64_t threads; /* of the first thread entry */
	uint64_t
		thread_count; /* of the u32: entries ever used, the first too */
	uint64_t armed;	      /* of the u32 await_armed */

	/* struct slab */
	uint64_t slab_magic_value;
	uint32_t slab_magic;	  /* u64 */
	uint32_t slab_next;	  /* pointer */
	uint32_t slab_first_id;	  /* u64 */
	uint32_t slab_size;	  /* u64, of the mapping */
	uint32_t slab_slot_size;  /* u32 */
	uint32_t slab_first_slot; /* u32 */
	uint32_t slab_count;	  /* u32 */
	uint32_t slab_alignment;  /* of every slab, not an offset */

	/* struct await */
	uint32_t await_state;  /* u32 */
	uint32_t await_refs;   /* u32 */
	uint32_t await_site;   /* pointer */
	uint32_t await_serial; /* u32: generation << 8 | attempts */
	uint32_t await_error;  /* i32 */
	uint32_t await_head;   /* size of the head */

	/* The state word */
	uint32_t state_mask;
	uint32_t state_watch;
	uint32_t state_waiters;
	uint32_t state_doomed;
	uint32_t state_owner_shift; /* index of the running thread */

	/* struct await_site */
	uint32_t site_func;	/* pointer */
	uint32_t site_file;	/* string */
	uint32_t site_function; /* string */
	uint32_t site_line;	/* u32 */

	/* struct await_func */
	uint32_t func_name;	    /* string */
	uint32_t func_type;	    /* pointer */
	uint32_t func_args;	    /* pointer to an array */
	uint32_t func_run;	    /* code pointer */
	uint32_t func_arg_count;    /* u32 */
	uint32_t func_args_offset;  /* u32, in the slot */
	uint32_t func_value_offset; /* u32, in the slot */
	uint32_t func_slot_size;    /* u32 */
	uint32_t func_origin;	    /* u32, enum await_origin */

	/* struct await_type */
	uint32_t type_name;	/* string */
	uint32_t type_spelling; /* string */
	uint32_t type_size;	/* u32 */
	uint32_t type_kind;	/* u32, enum await_kind */

	/* struct await_arg */
	uint32_t arg_name;     /* string */
	uint32_t arg_spelling; /* string */
	uint32_t arg_offset;   /* u32, in the arguments */
	uint32_t arg_size;     /* u32 */
	uint32_t arg_kind;     /* u32, enum await_kind */
	uint32_t arg_stride;   /* size of an array element */

	/* struct thread */
	uint32_t thread_tid;	      /* u32, 0: unused */
	uint32_t thread_run;	      /* pointer to the innermost struct run */
	uint32_t thread_blocked_on;   /* pointer to an await */
	uint32_t thread_blocked_addr; /* code pointer */
	uint32_t thread_stride;

	/* struct run */
	uint32_t run_await; /* pointer; NULL: its outcome is published */
	uint32_t run_outer; /* pointer to the run that waits for it */
	uint32_t run_addr;  /* code pointer: the call that waited */

	/* Since minor 1. Of struct slab: pointer to an array with an entry for
	 * each slot, or NULL; of an entry: pointer to the arguments that a
	 * resolved await still has, as they were at func_args_offset, or NULL.
	 */
	uint32_t slab_kept;
	uint32_t kept_args;
	uint32_t kept_stride;
	uint32_t reserved;

	/* Since minor 2, for stopping at events: src/libawait/core/trap.c says
	 * how these are used. */
	uint64_t trap;		/* address of struct trap */
	uint64_t trap_function; /* of await_trap() */
	uint64_t trap_armed;	/* of a second u32, kept equal to armed */

	/* struct trap */
	uint32_t trap_listened;	   /* u32 */
	uint32_t trap_events;	   /* u32, bits 1 << enum await_event_type */
	uint32_t trap_changes;	   /* u32 */
	uint32_t trap_filters;	   /* array, ended by a filter without events */
	uint32_t trap_filters_max; /* size of that array, without its end */
	uint32_t trap_stride;	   /* size of a filter */
	uint32_t trap_watched; /* bits of the events that only awaits with WATCH
				  emit */

	/* struct trap_filter */
	uint32_t filter_events;	   /* u32 */
	uint32_t filter_states;	   /* u32 */
	uint32_t filter_id;	   /* u64 */
	uint32_t filter_name;	   /* string in place */
	uint32_t filter_name_size; /* with its NUL */

	/* struct thread */
	uint32_t thread_trapped; /* pointer to struct trap_event, or NULL */

	/* struct trap_event */
	uint32_t trapped_await; /* pointer */
	uint32_t trapped_addr;	/* code pointer: the call that emitted it */
	uint32_t trapped_type;	/* u32 */
	uint32_t trapped_state; /* u32 */
	uint32_t trapped_error; /* i32 */

	/* Since minor 3; before that a run was itself on the stack. Of struct
	 * run: pointer to where the frame ends that called the function; below
	 * 4096 if that function is not called any more. */
	uint32_t run_frame;
	uint32_t reserved_3;

	/* Since minor 4. A thread that sleeps on several awaits has the first
	 * in thread_blocked_on, and all in a struct any.
	 */
	uint64_t anys; /* of an array of pointers, one for each thread entry:
			* struct any, or NULL */

	/* struct any, and its entries */
	uint32_t any_count;   /* u32 */
	uint32_t any_entries; /* array */
	uint32_t any_stride;  /* size of an entry */
	uint32_t any_await;   /* pointer, in an entry */

	/* The state word of a running await: its run was asked to stop. */
	uint32_t state_stop;
	uint32_t reserved_4;

	/* Since minor 5. The names of single awaits; one is valid for the await
	 * with that id only. */
	uint64_t names; /* of the pointer to struct name_table, or to NULL */

	/* struct name_table */
	uint32_t names_used;	/* u32: entries that may be in use */
	uint32_t names_entries; /* array */
	uint32_t names_stride;	/* size of an entry */

	/* struct name_entry */
	uint32_t name_await;   /* pointer, or NULL */
	uint32_t name_id;      /* u64 */
	uint32_t name_version; /* u32; odd: it is being written */
	uint32_t name_text;    /* string in place */
	uint32_t name_size;    /* with its NUL */

	/* Of struct await_site: u32, 0, or how far behind it the pointer to the
	 * await is that an AWAIT_STATIC holds. */
	uint32_t site_held_at;
	uint32_t reserved_5;
};

extern const struct await_debug_block await_debug;

/* Called for events that a debugger's filter wants, and once when the library
 * is ready. Does nothing. */
void await_trap(void);

/* SPDX-License-Identifier: MIT */
/*
 * Where a debugger finds what recorder.c records: one constant block, in the
 * spirit of abi/debug.h, that says where everything lies. It stands in the ELF
 * section .await_recorder and is the symbol await_recorder. Minor versions
 * append fields; a new major means none of this can be trusted.
 *
 * struct ring says what is recorded, struct await_trace where. Event n, from 0,
 * stands in records[n], or in records[n % room] if the ring overwrites. next
 * counts the events that have a place, or would have one.
 *
 * A record is complete when its time says so. It is stored last, and its top
 * bit is set while it counts ticks, as ~ticks; end() makes nanoseconds of it.
 * So what an earlier recording left behind is no event, and a process that is
 * stopped in the middle of a record shows that. Where the ring overwrites, the
 * time is RECORD_BUSY while somebody writes, who is alone then, and `stack` is
 * the lower half of n: what is not n's there is not yet written, or lost.
 *
 * All integers are native-endian.
 */
#pragma once

#include <await/core.h>

#include <stdint.h>

#define AWAIT_RECORDER_MAGIC 0x4345524954495741ull /* "AWITIREC" */
#define AWAIT_RECORDER_MAJOR 1
#define AWAIT_RECORDER_MINOR 0

#define RECORD_SEALED (1ull << 63)
#define RECORD_BUSY 1

enum ring_state {
	RING_EMPTY, /* nothing was ever recorded */
	RING_RECORDING,
	RING_ENDING, /* times and places are changing */
	RING_ENDED,  /* the trace's count records are there, in order */
};

struct ring {
	AWAIT_ATOMIC(uint32_t) state;
	uint32_t overwrites;
	uint64_t room;
	AWAIT_ATOMIC(uint64_t) next;
	uint64_t begun_ns, begun_ticks;
	double ns_per_tick;
};

extern struct ring ring;
extern struct await_trace trace;

/* From now on times mean something. */
void ring_begin(void);
/* Nobody records any more: completes the trace. */
void ring_end(void);

struct await_recorder_block {
	uint64_t magic;
	uint16_t major;
	uint16_t minor;
	uint32_t size;

	uint64_t ring;	/* address of struct ring */
	uint64_t trace; /* address of struct await_trace */

	/* struct ring */
	uint32_t ring_state;	   /* u32 */
	uint32_t ring_overwrites;  /* u32 */
	uint32_t ring_room;	   /* u64 */
	uint32_t ring_next;	   /* u64 */
	uint32_t ring_begun_ns;	   /* u64 */
	uint32_t ring_begun_ticks; /* u64 */
	uint32_t ring_ns_per_tick; /* double */

	/* struct await_trace */
	uint32_t trace_records; /* pointer */
	uint32_t trace_count;	/* u64 */
	uint32_t trace_lost;	/* u64 */

	/* struct record */
	uint32_t record_size;	 /* from one to the next */
	uint32_t record_time;	 /* u64 */
	uint32_t record_id;	 /* u64 */
	uint32_t record_parent;	 /* u64 */
	uint32_t record_site;	 /* pointer to struct await_site */
	uint32_t record_latency; /* u64, of EXEC_END */
	uint32_t record_addr;	 /* code pointer: the call */
	uint32_t record_thread;	 /* u32, thread id */
	uint32_t record_error;	 /* i32 */
	uint32_t record_number;	 /* u32 */
	uint32_t record_type;	 /* u8, enum await_event_type */
	uint32_t record_state;	 /* u8, enum await_state */
	uint32_t record_attempt; /* u16 */
};

extern const struct await_recorder_block await_recorder;

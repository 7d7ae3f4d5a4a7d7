/* SPDX-License-Identifier: MIT */
/*
 * The memory that recorder.c records into, and how a debugger finds it: by one
 * constant block like that of abi/debug.h, which says where everything lies. It
 * is in the ELF section .await_recorder, as the symbol await_recorder. Minor
 * versions append fields; a new major means none of this can be trusted.
 *
 * struct event_ring describes the recording, struct await_trace has its
 * records. Event n, from 0, is in records[n], or in records[n % room] if the
 * ring overwrites. next counts the events that have a place or would have one.
 *
 * A record is complete when its time says so. The time is stored last; while
 * recording it is ~ticks, which has the top bit set, and event_ring_end() turns
 * it into nanoseconds. So records left over from an earlier recording are not
 * taken for events, and neither are those that a thread was stopped in the
 * middle of. If the ring overwrites, the time is RECORD_BUSY while a thread
 * writes, which makes that thread the only one, and `stack` is the lower half
 * of n: if it is not, event n is not written yet, or lost.
 *
 * All integers are native-endian.
 */
#pragma once

#include <await/core.h>

#include <stdint.h>

#define AWAIT_RECORDER_MAGIC 0x4345524954495741ull /* "AWITIREC" */
#define AWAIT_RECORDER_MAJOR 2
#define AWAIT_RECORDER_MINOR 0

#define RECORD_SEALED (1ull << 63)
#define RECORD_BUSY 1

enum event_ring_state {
	RING_EMPTY, /* nothing was ever recorded */
	RING_RECORDING,
	RING_ENDING, /* times and places are changing */
	RING_ENDED,  /* the trace's count records are there, in order */
};

struct event_ring {
	AWAIT_ATOMIC(uint32_t) state;
	uint32_t overwrites;
	uint64_t room;
	AWAIT_ATOMIC(uint64_t) next;
	uint64_t begun_ns, begun_ticks;
	double ns_per_tick;
};

extern struct event_ring event_ring;
/* The one trace of this process; recorder.c owns its memory. */
extern struct await_trace recorded;

/* Reads the clocks a first time, as early as possible. */
void event_ring_load(void);
/* Reads them again: from now on a debugger can convert ticks. */
void event_ring_begin(void);
/* Makes recorded a complete trace. No thread records any more. */
void event_ring_end(void);

struct await_recorder_block {
	uint64_t magic;
	uint16_t major;
	uint16_t minor;
	uint32_t size;

	uint64_t ring;	/* address of struct event_ring */
	uint64_t trace; /* address of struct await_trace */

	/* struct event_ring */
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
	uint32_t record_attempt; /* u8 */
	uint32_t record_source;	 /* u8, enum await_run_source, of EXEC_BEGIN */
};

extern const struct await_recorder_block await_recorder;

/* SPDX-License-Identifier: MIT */
/*
 * How the words at the head of an await are encoded: the state word, with its
 * flags and owner, and the serial word, with attempts and generation.
 */
#pragma once

#include "abi/serial.h"
#include "libawait/core/compiler.h"

#include <await/core.h>

/*
 * The state word: enum await_state in bits 0-2, flags in 3-7, and in RUNNING
 * the thread that runs, as its index in the thread table, in 8-31.
 */
#define STATE_MASK 0x07u
#define FLAG_WATCH 0x08u    /* waits must look at await_armed: ARMED_WATCH */
#define FLAG_WAITERS 0x10u  /* a thread sleeps, or is about to */
#define FLAG_DOOMED 0x20u   /* no reference left; whoever runs it ends it */
#define FLAG_ORPHANED 0x40u /* ran in a thread that fork() did not copy */
#define FLAG_STOP 0x80u	    /* its run was asked to stop: of that run only */
#define FLAGS_MASK 0xf8u
#define OWNER_SHIFT 8

static inline enum await_state state_of(uint32_t word)
{
	return (enum await_state)(word & STATE_MASK);
}

static inline uint32_t owner_of(uint32_t word)
{
	return word >> OWNER_SHIFT;
}

/* The serial word. Attempts stay at 255; a slot whose generations are used up
 * is never handed out again, so ids stay unique. */
#define SERIAL_GENERATION_ONE (1u << SERIAL_GENERATION_SHIFT)

/* Relaxed: a single word that orders nothing. */
static inline uint32_t serial_of(const struct await *aw)
{
	return atomic_load_explicit(&((struct await *)aw)->serial,
				    memory_order_relaxed);
}

/* Stores two adjacent words with one release store. A reader of either word
 * sees the same as if they had been stored one after the other. */
typedef AWAIT_ATOMIC(uint64_t) two_words __attribute__((may_alias));
static inline void store_two(void *words, uint32_t first, uint32_t second)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	uint64_t both = (uint64_t)second << 32 | first;
#else
	uint64_t both = (uint64_t)first << 32 | second;
#endif

	atomic_store_explicit((two_words *)words, both, memory_order_release);
}

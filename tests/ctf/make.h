/* SPDX-License-Identifier: MIT */
/* Makes the bytes of traces, as LTTng-UST writes them: metadata, events, and
 * files of ring buffers. Includes what every unit test includes. */
#pragma once

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ctf/packet.h"
#include "ctf/shm_ring.h"

/* A stream 0 with an event 0, as make_event() writes it: in CTF 1.8, as LTTng
 * up to 2.14 writes it and as it does from 2.15 on, and in CTF 2. */
extern const char make_metadata[];
extern const char make_metadata_later[];
const char *make_metadata_ctf_2(void);

enum { MAKE_PID = 4321, MAKE_HEAD = 84, MAKE_SUBBUF = 4096 };

struct made_event {
	uint64_t time;
	int thread;	/* 0: 1 */
	unsigned stack; /* so many frames: events of several sizes */
	bool extended;	/* has all of the time, not only the low half */
};

/* Returns its size. */
size_t make_event(char *bytes, const struct made_event *event);

/* The head of a packet that is not full yet. */
struct packet_head make_head(uint64_t number, uint64_t begin);

/* A new empty directory below $TMPDIR; make_remove() removes it with all that
 * is in it. */
char *make_directory(void);
void make_remove(char *directory);
void make_file(const char *path, const void *bytes, size_t size);

/* Places in the file that make_ring() makes. */
enum {
	AT_ENDIAN = 24,
	AT_MAJOR = 26,
	AT_MINOR = 28,
	AT_WORD = 30,
	AT_TYPE = 31,
	AT_SEQ_OFFSET = 32 + 3 * 4,
	AT_SEQ_LENGTH = 76 + 2,
	AT_BUF_SIZE = 96,
	AT_SUBBUF_SIZE = 104,
	AT_NUM_SUBBUF = 112,
	AT_MODE = 120,
	AT_PRODUCED = 128,
	AT_CONSUMED = 136,
	AT_COUNTS = 512,
	AT_IDS = AT_COUNTS + 16 * 4,
	AT_PAGES = AT_IDS + 8 * 4 + 16 * 5,
	AT_BYTES = 4096
};

/* MAKE_PARTS: the bytes of each sub-buffer, and the spare ones behind them. */
enum {
	MAKE_SUBBUFS = 4,
	MAKE_PARTS = MAKE_SUBBUFS + 1,
	MAKE_RING = AT_BYTES + MAKE_PARTS * MAKE_SUBBUF
};

struct made_ring {
	char file[MAKE_RING];
};

/* A ring in which nothing is reserved yet. */
void make_ring(struct made_ring *ring);

/* Sets the number at that place in the file. */
void make_number(struct made_ring *ring, size_t at, uint64_t value,
		 size_t size);

/* Lets it be of LTTng-UST 2.15 or later, crash ABI 1.0: a sub-buffer has one
 * owner at a time, and the consumer exchanges its bytes for the spare ones. */
void make_owned(struct made_ring *ring);

/* Gives the sub-buffer with that index other bytes. */
void make_exchange(struct made_ring *ring, size_t i, size_t part);

/* Lets it be of a program whose words have that size. */
void make_word(struct made_ring *ring, unsigned size);

/* What was reserved of it, and not consumed, and how much the sub-buffer with
 * that index counts of that. */
void make_positions(struct made_ring *ring, uint64_t consumed,
		    uint64_t produced);
void make_counts(struct made_ring *ring, size_t i, uint64_t committed,
		 uint64_t contiguous);

/* Fills the sub-buffer at that position: all of it is reserved and committed,
 * data_size bytes are no padding. Its packet is whole. */
void make_delivered(struct made_ring *ring, uint64_t position,
		    uint64_t data_size);

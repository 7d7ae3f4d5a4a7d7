/* SPDX-License-Identifier: MIT */
/*
 * One ring buffer of LTTng-UST, read from the file that holds it, when the
 * programs that filled it and the daemons that emptied it may be gone. The file
 * begins with a description of its layout, which liblttng-ust writes for
 * lttng-crash(1). A ring is divided into sub-buffers, each of which becomes a
 * packet of the stream.
 *
 * Positions in a ring are bytes that were reserved since it was made: they grow
 * for ever, and the lap is position / size of the ring.
 *
 * A thread records an event in three steps: it reserves space, writes, and
 * commits the space. Only how many bytes of a sub-buffer are committed is
 * known. Up to LTTng-UST 2.14 several threads write to a sub-buffer at a time,
 * and it is not known which bytes these are: what a killed thread had reserved
 * and not committed is a gap. From 2.15 on, crash ABI 1.0, a sub-buffer has one
 * owner at a time, and others go on in the next: the committed bytes come
 * first.
 */
#pragma once

#include "common/file_bytes.h"
#include "ctf/packet.h"
#include "ctf/steps.h"

#include <stdbool.h>
#include <stdint.h>

struct shm_ring {
	struct file_bytes file;
	char *bytes; /* these */
	uint64_t size;
	const struct crash_abi *abi; /* at the begin of bytes */
	unsigned major, minor;	     /* of the crash ABI */
	unsigned word;		     /* of the program, in bytes: 4 or 8 */
	uint64_t begin, end;	     /* positions: not consumed yet */
	bool owned;		     /* sub-buffers have one owner at a time */
	bool exchanges; /* the consumer exchanges what it reads for `spare` */
	uint64_t spare; /* which bytes these are, of one sub-buffer */
};

struct shm_subbuf {
	char *bytes;
	uint64_t size;
	uint64_t reserved;  /* for the packet's head and for events */
	uint64_t committed; /* of the reserved bytes */
	uint64_t
		contiguous; /* the first so many bytes, at least, have no gap */
	bool torn;	    /* something was reserved and not committed */
	uint64_t padding;   /* behind that, which is left out as committed */
	const char *older;  /* what the first so many bytes were before */
	uint64_t older_size;
	struct steps *steps; /* that it may take to find the events; or NULL */
};

enum shm_ring_opened {
	SHM_RING_OPENED,
	SHM_RING_NONE,	  /* no ring buffer of LTTng-UST */
	SHM_RING_UNKNOWN, /* of a program or an LTTng with another layout, of
			     which the ring has the version; or damaged */
	SHM_RING_FAILED,  /* errno */
};

enum shm_ring_opened shm_ring_open(struct shm_ring *ring, const char *path);
void shm_ring_close(struct shm_ring *ring);

/* The sub-buffer at *position, which becomes that of the next. False if there
 * is none, or the file is damaged. The bytes may be changed: they are a private
 * copy, as large as a packet's head at least. */
bool shm_ring_next(const struct shm_ring *ring, uint64_t *position,
		   struct shm_subbuf *subbuf);

/* The position of the last sub-buffer that was consumed; the end of the ring,
 * where no sub-buffer begins, if none was. */
uint64_t shm_ring_previous_position(const struct shm_ring *ring);

/* The last sub-buffer that was consumed. False if none was, or it has been
 * overwritten. */
bool shm_ring_previous(const struct shm_ring *ring, struct shm_subbuf *subbuf);

/* How many sub-buffers it has. */
uint64_t shm_ring_subbufs(const struct shm_ring *ring);

/* Whether the oldest events make room for new ones (a flight recorder). */
bool shm_ring_overwrites(const struct shm_ring *ring);

/* Whether every sub-buffer is in use. */
bool shm_ring_is_full(const struct shm_ring *ring);

/* The head of the packet in a sub-buffer; NULL if none was written. */
const struct packet_head *shm_subbuf_head(const struct shm_subbuf *subbuf);

/* Whether it is that of the packet at a position, not of a lap before. */
bool shm_ring_is_packet(const struct shm_ring *ring,
			const struct packet_head *head, uint64_t position);

/* Whether it was full and without gaps when the program handed it over: then
 * the packet in it is whole. */
bool shm_subbuf_is_delivered(const struct shm_subbuf *subbuf);

/* The head of the packet at a position; NULL if it was not committed. */
const struct packet_head *shm_ring_head_at(const struct shm_ring *ring,
					   uint64_t position);

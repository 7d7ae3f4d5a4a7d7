/* SPDX-License-Identifier: MIT */
/* See ring.h. */
#define _GNU_SOURCE
#include "babeltrace/ring.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* Large enough for one stream to be ahead of the others: they are read in the
 * order of time. Memory is taken only for what is used of it. */
enum { CAPACITY = 4 << 20, STEP = 64 << 10 };

struct ring_shared {
	/* Bytes, ever. Each is stored by one process, with release, when the
	 * bytes before it are written or no longer read; and loaded by the
	 * other, with acquire, before it reads them or writes over them. */
	_Atomic uint64_t written, read;
	uint8_t bytes[CAPACITY];
};

int ring_make(struct ring *ring)
{
	*ring = (struct ring){ .sockets = { -1, -1 } };
	ring->shared = mmap(NULL, sizeof(*ring->shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (ring->shared == MAP_FAILED) {
		ring->shared = NULL;
		return -1;
	}
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			  ring->sockets);
}

static void keep_socket(struct ring *ring, int mine)
{
	close(ring->sockets[!mine]);
	ring->sockets[!mine] = -1;
}

void ring_be_reader(struct ring *ring)
{
	keep_socket(ring, 0);
}

void ring_be_writer(struct ring *ring)
{
	keep_socket(ring, 1);
}

/* That the other need not wait. If the socket is full of such bytes, it will
 * not. */
static void tell(struct ring *ring, int socket)
{
	ring->told = ring->done;
	(void)!send(socket, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Until the other says something. Returns false if it has ended. */
static bool wait_for_other(struct ring *ring, int socket)
{
	char bytes[64];
	ssize_t got;

	if (ring->told != ring->done)
		tell(ring, socket);
	do
		got = recv(socket, bytes, sizeof(bytes), 0);
	while (got < 0 && errno == EINTR);
	return got > 0;
}

static size_t to_the_end(uint64_t at)
{
	return CAPACITY - (size_t)(at % CAPACITY);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* --- the writer --- */

static size_t room(const struct ring *ring)
{
	/* Acquire: the reader is done with what is written over. */
	uint64_t read =
		atomic_load_explicit(&ring->shared->read, memory_order_acquire);

	return CAPACITY - (size_t)(ring->done - read);
}

static void write_some(struct ring *ring, const uint8_t *bytes, size_t size)
{
	memcpy(ring->shared->bytes + ring->done % CAPACITY, bytes, size);
	ring->done += size;
}

int ring_write(struct ring *ring, const void *bytes, size_t size)
{
	const uint8_t *from = bytes;

	while (size) {
		size_t some =
			least(least(size, room(ring)), to_the_end(ring->done));

		if (!some) {
			if (!wait_for_other(ring, ring->sockets[1]))
				return -1;
			continue;
		}
		write_some(ring, from, some);
		/* Release: the bytes are there when the reader sees it. */
		atomic_store_explicit(&ring->shared->written, ring->done,
				      memory_order_release);
		from += some;
		size -= some;
	}
	if (ring->done - ring->told >= STEP)
		tell(ring, ring->sockets[1]);
	return 0;
}

/* --- the reader --- */

static size_t available(const struct ring *ring)
{
	/* Acquire: what is read was written before. */
	uint64_t written = atomic_load_explicit(&ring->shared->written,
						memory_order_acquire);

	return (size_t)(written - ring->done);
}

/* Returns false if the writer ends before. */
static bool wait_for_bytes(struct ring *ring, size_t size)
{
	while (available(ring) < size)
		if (!wait_for_other(ring, ring->sockets[0]))
			return available(ring) >= size;
	return true;
}

/* What was handed out before may be written over. */
static void give_back(struct ring *ring)
{
	/* Release: it was read before the writer sees it. */
	atomic_store_explicit(&ring->shared->read, ring->done,
			      memory_order_release);
	if (ring->done - ring->told >= STEP)
		tell(ring, ring->sockets[0]);
}

static bool reserve(struct ring *ring, size_t size)
{
	uint8_t *larger;

	if (ring->scratch_size >= size)
		return true;
	larger = realloc(ring->scratch, size);
	if (!larger)
		return false;
	ring->scratch = larger;
	ring->scratch_size = size;
	return true;
}

static const void *read_in_pieces(struct ring *ring, size_t size)
{
	size_t got = 0;

	if (!reserve(ring, size)) {
		errno = ENOMEM;
		return NULL;
	}
	while (got < size) {
		size_t some;

		if (!wait_for_bytes(ring, 1))
			return NULL;
		some = least(least(size - got, available(ring)),
			     to_the_end(ring->done));
		memcpy(ring->scratch + got,
		       ring->shared->bytes + ring->done % CAPACITY, some);
		ring->done += some;
		got += some;
		give_back(ring);
	}
	return ring->scratch;
}

/* In one piece. */
static const void *next_bytes(struct ring *ring, size_t size)
{
	if (!wait_for_bytes(ring, size)) {
		errno = 0;
		return NULL;
	}
	return ring->shared->bytes + ring->done % CAPACITY;
}

const void *ring_read(struct ring *ring, size_t size)
{
	const void *bytes;

	errno = 0;
	give_back(ring);
	if (size > to_the_end(ring->done))
		return read_in_pieces(ring, size);
	bytes = next_bytes(ring, size);
	if (bytes)
		ring->done += size;
	return bytes;
}

const void *ring_peek(struct ring *ring, size_t size)
{
	give_back(ring);
	return next_bytes(ring, size);
}

void ring_free(struct ring *ring)
{
	for (int i = 0; i < 2; i++)
		if (ring->sockets[i] >= 0)
			close(ring->sockets[i]);
	if (ring->shared)
		munmap(ring->shared, sizeof(*ring->shared));
	free(ring->scratch);
}

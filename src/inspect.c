/* SPDX-License-Identifier: MIT */
/*
 * Looking at awaits: reads, never runs, never blocks.
 *
 * A snapshot is read as under a seqlock, with the slot's own words for its
 * counter: serial, state, everything else, then state and serial again. Equal
 * serials mean the same life of the slot, and states that are equal and not
 * FREE that it was published all along: so site was a site, no link of a list
 * of free slots, and the payload what the state says. What others change
 * meanwhile is read by the kernel (process_vm_readv(2) of this process), which
 * reports an address that is not mapped instead of crashing.
 */
#define _GNU_SOURCE /* process_vm_readv */
#include "describe.h"

#include <await/inspect.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096u /* or a part of one */
#define TRIES 8

EXPORT enum await_state await_core_state(const struct await *aw)
{
	/* Acquire: after RESOLVED the value may be read; partner:
	 * wait_publish(). */
	return state_of(atomic_load_explicit(&((struct await *)aw)->state,
					     memory_order_acquire));
}

/* The counters below are relaxed: single words that order nothing. */
static uint32_t serial_of(const struct await *aw)
{
	return atomic_load_explicit(&((struct await *)aw)->serial,
				    memory_order_relaxed);
}

static uint64_t id_of(const struct await *aw, uint32_t serial)
{
	const struct slab *slab = slab_of(aw);
	uint32_t offset = (uint32_t)((const char *)aw - (const char *)slab) -
			  slab->first_slot;
	uint64_t generation = serial >> 8;

	return (generation << 32) + slab->first_id + offset / slab->slot_size;
}

EXPORT uint64_t await_core_id(const struct await *aw)
{
	return id_of(aw, serial_of(aw));
}

EXPORT int await_core_error(const struct await *aw)
{
	return atomic_load_explicit(&((struct await *)aw)->error,
				    memory_order_relaxed);
}

EXPORT unsigned await_core_attempts(const struct await *aw)
{
	return serial_of(aw) & SERIAL_ATTEMPTS;
}

EXPORT void await_core_die(const struct await *aw, int rc, const char *file,
			   int line)
{
	if (!aw) {
		dprintf(STDERR_FILENO,
			"await: %s:%d waited for NULL: was awaitable() out of "
			"memory?\n",
			file, line);
		abort();
	}
	dprintf(STDERR_FILENO,
		"await: #%llu %s, created at %s:%u, waited for at %s:%d, has "
		"no value: %d (%s)\n",
		(unsigned long long)await_core_id(aw), aw->site->func->name,
		aw->site->file, aw->site->line, file, line, rc, strerror(-rc));
	abort();
}

static bool is_slot_of(const struct slab *slab, const void *handle)
{
	/* Of the header and what is before it: so large that no slot is. */
	uintptr_t offset =
		(uintptr_t)handle - (uintptr_t)slab - slab->first_slot;

	return offset % slab->slot_size == 0 &&
	       offset / slab->slot_size < slab->count;
}

EXPORT bool await_core_valid(const void *handle)
{
	const struct slab *claimed = slab_of(handle);
	/* Acquire: the headers of all slabs are written; partner: the release
	 * in slab_new(). */
	const struct slab *slab =
		atomic_load_explicit(&await_slabs, memory_order_acquire);

	while (slab && slab != claimed)
		slab = slab->next;
	return slab && is_slot_of(slab, handle) &&
	       await_core_state(handle) != AWAIT_FREE;
}

long peek(void *to, const void *from, size_t size)
{
	size_t first = PAGE - (uintptr_t)from % PAGE;
	struct iovec local = { to, size }, remote[2];
	long n;

	/* The kernel reads an iovec whole or not at all, so none spans pages;
	 * size is at most a page. */
	if (first > size)
		first = size;
	remote[0].iov_base = (void *)(uintptr_t)from;
	remote[0].iov_len = first;
	remote[1].iov_base = (void *)((uintptr_t)from + first);
	remote[1].iov_len = size - first;
	n = process_vm_readv(getpid(), &local, 1, remote, 2, 0);
	if (n < 0 && errno == EFAULT)
		return 0;
	return n;
}

/* Not instrumented: see copy_trusted(). */
#define UNCHECKED __attribute__((noinline, no_sanitize_thread))

UNCHECKED static void copy_trusted(void *to, const void *from, size_t size)
{
	const volatile unsigned char *byte = from;

	for (size_t i = 0; i < size; i++)
		((volatile unsigned char *)to)[i] = byte[i];
}

bool peek_all(void *to, const void *from, size_t size)
{
	long n = peek(to, from, size);

	if (n >= 0)
		return n == (long)size;
	if (!from)
		return false;
	copy_trusted(to, from, size);
	return true;
}

/* Outside of what C calls a read without a race: the caller checks afterwards
 * whether it was one. */
UNCHECKED static const struct await_site *site_of(const struct await *aw)
{
	return *(const struct await_site *const volatile *)&aw->site;
}

/* The arguments, and how many bytes of them can be shown. */
static bool load_args(struct descriptor *d)
{
	d->arg_count =
		d->func.arg_count < SHOWN_ARGS ? d->func.arg_count : SHOWN_ARGS;
	d->args_size = 0;
	if (d->arg_count == 0)
		return true;
	if (!peek_all(d->args, d->func.args, d->arg_count * sizeof(d->args[0])))
		return false;
	for (uint32_t i = 0; i < d->arg_count; i++) {
		const struct await_arg *arg = &d->args[i];

		/* Room for the largest scalar, and no sum wraps. */
		if (arg->kind != AWAIT_KIND_OPAQUE && arg->size <= 16 &&
		    arg->offset <= SHOWN_BYTES - 16 &&
		    arg->offset + arg->size > d->args_size)
			d->args_size = arg->offset + arg->size;
	}
	return true;
}

bool descriptor_load(struct descriptor *d, const struct await_site *at)
{
	if (d->at && d->at == at)
		return d->known;
	d->at = at;
	d->known = peek_all(&d->site, at, sizeof(d->site)) &&
		   peek_all(&d->func, d->site.func, sizeof(d->func)) &&
		   peek_all(&d->type, d->func.type, sizeof(d->type)) &&
		   load_args(d);
	return d->known;
}

static void read_payload(struct snapshot *s, const struct await *aw)
{
	const struct descriptor *d = &s->descriptor;
	uint32_t offset = d->func.args_offset, size = 0;

	switch (state_of(s->word)) {
	case AWAIT_RESOLVED:
		offset = d->func.value_offset;
		if (d->type.kind != AWAIT_KIND_OPAQUE && d->type.size <= 16)
			size = d->type.size;
		break;
	case AWAIT_PENDING:
	case AWAIT_RUNNING:
	case AWAIT_FAILED:
		size = d->args_size;
		break;
	default:
		break;
	}
	if (size > 0 && peek_all(s->payload, (const char *)aw + offset, size))
		s->payload_size = size;
}

/* Flags may come and go; the owner is part of a state. */
static bool unchanged(const struct await *aw, uint32_t word, uint32_t serial)
{
	uint32_t now;

	/* Acquire: what was read before this stays before it; partner: the
	 * release of the state that a new life of the slot begins with. The
	 * thread sanitizer knows no fences, nor sees what is read here. */
#ifndef __SANITIZE_THREAD__
	atomic_thread_fence(memory_order_acquire);
#endif
	/* Acquire: serial is read after it; see snapshot_try(). */
	now = atomic_load_explicit(&((struct await *)aw)->state,
				   memory_order_acquire);
	return ((now ^ word) & ~FLAGS_MASK) == 0 && serial_of(aw) == serial;
}

static enum snapshot_result snapshot_try(struct snapshot *s,
					 const struct await *aw)
{
	/* Acquire: state is read after it, so a state that is not FREE is one
	 * of this life or a later one; partner: next_generation(). */
	uint32_t serial = atomic_load_explicit(&((struct await *)aw)->serial,
					       memory_order_acquire);
	const struct await_site *site;

	/* Acquire: site and payload are read after it; partner:
	 * await_core_publish(). */
	s->word = atomic_load_explicit(&((struct await *)aw)->state,
				       memory_order_acquire);
	if (state_of(s->word) == AWAIT_FREE)
		return SNAPSHOT_FREE;
	s->id = id_of(aw, serial);
	s->error = await_core_error(aw);
	s->attempts = serial & SERIAL_ATTEMPTS;
	s->payload_size = 0;
	site = site_of(aw);
	if (!unchanged(aw, s->word, serial))
		return SNAPSHOT_CHANGING;
	if (descriptor_load(&s->descriptor, site))
		read_payload(s, aw);
	return unchanged(aw, s->word, serial) ? SNAPSHOT_TAKEN :
						SNAPSHOT_CHANGING;
}

enum snapshot_result snapshot_take(struct snapshot *s, const struct await *aw)
{
	enum snapshot_result result = SNAPSHOT_CHANGING;

	for (int i = 0; i < TRIES && result == SNAPSHOT_CHANGING; i++)
		result = snapshot_try(s, aw);
	return result;
}

/* SPDX-License-Identifier: MIT */
/*
 * Reads what an await is at one moment, while other threads change it.
 *
 * A snapshot is read as under a seqlock, with the slot's own words as the
 * counter: serial, state, everything else, then state and serial again. If the
 * serials are equal, the slot held the same await; if the states are equal and
 * not FREE, it was published all along: so site was a site, not a link in a
 * list of free slots, and the payload was what the state says. What other
 * threads may change or unmap meanwhile is read with peek().
 */
#include "libawait/inspect/snapshot.h"

#include "libawait/core/saved_args.h"
#include "libawait/core/id.h"
#include "libawait/core/slab.h"
#include "libawait/core/thread.h"
#include "libawait/inspect/peek.h"

#include <await/inspect.h>

#define TRIES 8
#define RUNS 64 /* at most so many are searched, from the innermost on */

/* This read may race, which C does not allow: the caller checks afterwards
 * whether it did. */
UNCHECKED static const struct await_site *site_of(const struct await *aw)
{
	return *(const struct await_site *const volatile *)&aw->site;
}

/* Loads the arguments' descriptors, and computes how many bytes of arguments
 * can be shown. */
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

static void read_kept(struct snapshot *s, const struct await *aw)
{
	uint32_t size = s->descriptor.args_size;
	const void *args = saved_args_of(aw);

	if (args && size > 0 && peek_all(s->saved, args, size))
		s->saved_size = size;
}

static void read_payload(struct snapshot *s, const struct await *aw)
{
	const struct descriptor *d = &s->descriptor;
	uint32_t offset = d->func.args_offset, size = 0;

	switch (state_of(s->word)) {
	case AWAIT_RESOLVED:
		read_kept(s, aw);
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

/* The run of aw, looked up in those of its thread. NULL if it is not found.
 * Records are never freed; if one comes to be of another run meanwhile, the
 * caller finds that the state has changed. */
UNCHECKED static const struct run *run_of(const struct await *aw, uint32_t word)
{
	const struct run *run;

	if (owner_of(word) >= THREADS_MAX)
		return NULL;
	/* Acquire: the record is filled; partner: runs_set_innermost(). */
	run = atomic_load_explicit(&await_threads[owner_of(word)].run,
				   memory_order_acquire);
	for (int i = 0; run && i < RUNS; i++, run = run->outer)
		if (run->aw == aw)
			return run;
	return NULL;
}

UNCHECKED static const void *run_addr(const struct await *aw, uint32_t word)
{
	const struct run *run = run_of(aw, word);

	return run ? run->addr : NULL;
}

/* Ignores flags, which may come and go; the owner counts as part of the
 * state. */
static bool unchanged(const struct await *aw, uint32_t word, uint32_t serial)
{
	uint32_t now;

	/* Acquire: what was read before this stays before it; partner: the
	 * release of the state with which the slot's next await is published,
	 * and the fence in slot_retire(). The thread sanitizer does not support
	 * fences, nor does it see what is read here. */
#ifndef __SANITIZE_THREAD__
	atomic_thread_fence(memory_order_acquire);
#endif
	/* Acquire: serial is read after it; see begin(). */
	now = atomic_load_explicit(&((struct await *)aw)->state,
				   memory_order_acquire);
	return ((now ^ word) & ~FLAGS_MASK) == 0 && serial_of(aw) == serial;
}

/* Begins reading a slot. Returns its serial; *site can be trusted once
 * unchanged() has returned true. It is NULL for a free slot. */
static uint32_t begin(const struct await *aw, uint32_t *word,
		      const struct await_site **site)
{
	/* Acquire: state is read after it, so a state that is not FREE is that
	 * of the await with this serial, or of a later one; partner:
	 * slab_retire(). */
	uint32_t serial = atomic_load_explicit(&((struct await *)aw)->serial,
					       memory_order_acquire);

	/* Acquire: site and payload are read after it; partner:
	 * await_core_publish(). */
	*word = atomic_load_explicit(&((struct await *)aw)->state,
				     memory_order_acquire);
	*site = state_of(*word) == AWAIT_FREE ? NULL : site_of(aw);
	return serial;
}

static uint32_t count_waiters(const struct await *aw)
{
	/* Relaxed, all: entries are never freed, and what is counted is
	 * compared. */
	uint32_t entries = atomic_load_explicit(&await_thread_count,
						memory_order_relaxed),
		 waiters = 0;

	for (uint32_t i = 1; i <= entries && i < THREADS_MAX; i++)
		/* One that waits for any of several does not need it. */
		waiters += atomic_load_explicit(&await_threads[i].blocked_on,
						memory_order_relaxed) == aw &&
			   !atomic_load_explicit(&await_any[i],
						 memory_order_relaxed);
	return waiters;
}

/* How many threads wait for a pending promise, if there are as many references;
 * otherwise 0. Fewer references than waiters say nothing: some use another's,
 * whose holder may be anywhere. */
static uint32_t only_waiters(const struct await *aw, uint32_t word,
			     const struct descriptor *d)
{
	uint32_t refs, waiters;

	if (!d->known || d->func.origin != AWAIT_PROMISE ||
	    state_of(word) != AWAIT_PENDING || !(word & FLAG_WAITERS))
		return 0;
	waiters = count_waiters(aw);
	/* Relaxed: it orders nothing. A waiter that comes or goes meanwhile is
	 * found by counting again. */
	refs = atomic_load_explicit(&((struct await *)aw)->refs,
				    memory_order_relaxed);
	return refs == waiters && refs == count_waiters(aw) ? refs : 0;
}

/* Whether the site is one of an AWAIT_STATIC, and aw the await that is there
 * now: after a reset it may be others' only. */
static bool is_held(const struct await *aw, const struct descriptor *d)
{
	const void *held;

	return d->known && d->site.held_at != 0 &&
	       peek_all(&held, (const char *)d->at + d->site.held_at,
			sizeof(held)) &&
	       held == aw;
}

static enum snapshot_result snapshot_try(struct snapshot *s,
					 const struct await *aw)
{
	const struct await_site *site;
	uint32_t serial = begin(aw, &s->word, &site);

	if (!site)
		return SNAPSHOT_FREE;
	s->aw = aw;
	s->id = slot_id(aw, serial);
	s->error = await_core_error(aw);
	s->attempts = serial & SERIAL_ATTEMPTS;
	s->payload_size = 0;
	s->saved_size = 0;
	s->only_waiters = 0;
	if (!unchanged(aw, s->word, serial))
		return SNAPSHOT_CHANGING;
	s->run_addr = state_of(s->word) == AWAIT_RUNNING ?
			      run_addr(aw, s->word) :
			      saved_args_wait(aw);
	if (descriptor_load(&s->descriptor, site))
		read_payload(s, aw);
	s->only_waiters = only_waiters(aw, s->word, &s->descriptor);
	s->held = is_held(aw, &s->descriptor);
	name_table_get(aw, s->id, s->name);
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

/* Who runs the await, and for whom. */
UNCHECKED static void fill_run(struct await_info *info, const struct await *aw,
			       uint32_t word)
{
	const struct run *run;
	const struct await *parent;

	info->thread = 0;
	info->parent = 0;
	info->addr = NULL;
	run = state_of(word) == AWAIT_RUNNING ? run_of(aw, word) : NULL;
	if (!run)
		return;
	/* Relaxed: whether it is of this run is found out by unchanged(). */
	info->thread = atomic_load_explicit(&await_threads[owner_of(word)].tid,
					    memory_order_relaxed);
	info->addr = run->addr;
	parent = run->outer ? run->outer->aw : NULL;
	if (parent)
		info->parent = slot_id(parent, serial_of(parent));
}

bool snapshot_info(struct await_info *info, const struct await *aw,
		   uint64_t ordinal)
{
	uint32_t word, serial;

	info->aw = aw;
	for (int i = 0; i < TRIES; i++) {
		serial = begin(aw, &word, &info->site);
		if (!info->site)
			return false;
		info->id = ((uint64_t)(serial / SERIAL_GENERATION_ONE) << 32) +
			   ordinal;
		info->state = state_of(word);
		info->error = await_core_error(aw);
		info->attempts = serial & SERIAL_ATTEMPTS;
		fill_run(info, aw, word);
		if (unchanged(aw, word, serial))
			return true;
	}
	/* There is an await, but it changes all the time: what was read last is
	 * as good as anything, but the site may be another await's. */
	info->site = NULL;
	return true;
}

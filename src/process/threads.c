/* SPDX-License-Identifier: MIT */
/* See threads.h. */
#include "process/threads.h"

#include "common/array.h"

#include <await/core.h>

#include <stdlib.h>
#include <string.h>

enum {
	TRIES = 8,
	RUNS_MAX = 1 << 16,
	ANY_MAX = 1 << 16,
	THREADS_LIMIT = 1 << 20,
	SEEN_MAX = 1 << 15, /* no process has more that use awaits */
	CHUNK = 1 << 16
};

struct entry {
	uint32_t tid;
	uint64_t run, blocked_on;
	uint64_t any; /* address of struct any, or 0 */
};

/* The awaits of a chain of runs, innermost first. */
struct chain {
	uint64_t *awaits;
	size_t count;
};

static struct entry parse_entry(const struct process_copy *copy,
				const uint8_t *bytes)
{
	const struct await_debug_block *abi = &copy->layout.abi;

	return (struct entry){
		.tid = memory_u32(bytes + abi->thread_tid),
		.run = memory_u64(bytes + abi->thread_run),
		.blocked_on = memory_u64(bytes + abi->thread_blocked_on),
	};
}

static uint64_t entry_at(const struct process_copy *copy, uint32_t index)
{
	return copy->layout.abi.threads +
	       (uint64_t)index * copy->layout.abi.thread_stride;
}

static bool read_entry(struct process_copy *copy, uint32_t index,
		       struct entry *entry)
{
	uint8_t bytes[RECORD_MAX];

	if (!memory_read(copy->slots.memory, entry_at(copy, index), bytes,
			 copy->layout.abi.thread_stride))
		return false;
	*entry = parse_entry(copy, bytes);
	return !copy->layout.anys ||
	       memory_read(copy->slots.memory,
			   copy->layout.abi.anys + index * sizeof(entry->any),
			   &entry->any, sizeof(entry->any));
}

uint32_t threads_tid(struct process_copy *copy, uint32_t index)
{
	struct entry entry;

	return read_entry(copy, index, &entry) ? entry.tid : 0;
}

static bool chain_add(struct chain *chain, uint64_t await)
{
	uint64_t *larger =
		array_grow(chain->awaits, chain->count, sizeof(*larger));

	if (!larger)
		return false;
	chain->awaits = larger;
	chain->awaits[chain->count++] = await;
	return true;
}

/* False if the chain changed under way. */
static bool read_chain(struct process_copy *copy, uint64_t run,
		       struct chain *chain)
{
	const struct await_debug_block *abi = &copy->layout.abi;
	struct memory *memory = copy->slots.memory;
	uint64_t await, outer;

	chain->count = 0;
	for (; run; run = outer) {
		if (!memory_read(memory, run + abi->run_await, &await, 8) ||
		    !memory_read(memory, run + abi->run_outer, &outer, 8) ||
		    chain->count == RUNS_MAX)
			return false;
		/* NULL: its outcome is published, the function returns. */
		if (await && !chain_add(chain, await))
			return false;
	}
	return true;
}

static bool same_chain(const struct chain *a, const struct chain *b)
{
	return a->count == b->count &&
	       (a->count == 0 ||
		!memcmp(a->awaits, b->awaits, a->count * sizeof(*a->awaits)));
}

static bool is_running_on(const struct process_copy *copy,
			  const struct slots_await *seen, uint32_t index)
{
	return !seen->unsteady &&
	       slots_state(&copy->slots, seen) == AWAIT_RUNNING &&
	       slots_owner(&copy->slots, seen) == index;
}

/* Looks at all awaits that the thread sleeps on. */
static bool look_at_any(struct process_copy *copy, struct thread_seen *thread,
			uint64_t any)
{
	const struct await_debug_block *abi = &copy->layout.abi;
	uint64_t await, entry = any + abi->any_entries;
	uint32_t count;

	free(thread->any);
	thread->any = NULL;
	thread->any_count = 0;
	if (!any)
		return true;
	if (!memory_read(copy->slots.memory, any + abi->any_count, &count, 4) ||
	    count > ANY_MAX)
		return false;
	thread->any = calloc(count + 1u, sizeof(*thread->any));
	if (!thread->any)
		return false;
	for (; thread->any_count < count; entry += abi->any_stride) {
		struct slots_await *seen = &thread->any[thread->any_count++];

		if (!memory_read(copy->slots.memory, entry + abi->any_await,
				 &await, 8) ||
		    slots_look(&copy->slots, await, seen) != SLOTS_SEEN)
			return false;
	}
	return true;
}

/* Called between two readings of the chain. */
static bool look_at_awaits(struct process_copy *copy,
			   struct thread_seen *thread,
			   const struct entry *entry, const struct chain *chain)
{
	free(thread->runs);
	thread->run_count = 0;
	thread->on_tid = 0;
	thread->runs = calloc(chain->count + 1, sizeof(*thread->runs));
	if (!thread->runs)
		return false;
	for (size_t i = chain->count; i-- > 0;) {
		struct slots_await *seen = &thread->runs[thread->run_count++];

		if (slots_look(&copy->slots, chain->awaits[i], seen) !=
			    SLOTS_SEEN ||
		    !is_running_on(copy, seen, thread->index))
			return false;
	}
	if (!look_at_any(copy, thread, entry->any))
		return false;
	thread->blocked = entry->blocked_on != 0;
	if (!thread->blocked)
		return true;
	if (slots_look(&copy->slots, entry->blocked_on, &thread->on) !=
		    SLOTS_SEEN ||
	    thread->on.unsteady)
		return false;
	if (slots_state(&copy->slots, &thread->on) == AWAIT_RUNNING)
		thread->on_tid = threads_tid(
			copy, slots_owner(&copy->slots, &thread->on));
	return true;
}

static bool look(struct process_copy *copy, struct thread_seen *thread,
		 struct chain *before, struct chain *after)
{
	struct entry entry, again;

	if (!read_entry(copy, thread->index, &entry))
		return false;
	thread->tid = entry.tid;
	return read_chain(copy, entry.run, before) &&
	       look_at_awaits(copy, thread, &entry, before) &&
	       read_chain(copy, entry.run, after) &&
	       same_chain(before, after) &&
	       read_entry(copy, thread->index, &again) &&
	       entry.tid == again.tid && entry.run == again.run &&
	       entry.blocked_on == again.blocked_on && entry.any == again.any;
}

static void look_repeatedly(struct process_copy *copy,
			    struct thread_seen *thread)
{
	struct chain before = { 0 }, after = { 0 };

	thread->moving = true;
	for (int i = 0;
	     i < TRIES && thread->moving && !copy->slots.memory->spent; i++)
		thread->moving = !look(copy, thread, &before, &after);
	free(before.awaits);
	free(after.awaits);
	if (!thread->moving)
		return;
	free(thread->runs);
	free(thread->any);
	thread->runs = thread->any = NULL;
	thread->run_count = thread->any_count = 0;
}

static int add(struct threads *threads, struct process_copy *copy,
	       uint32_t index)
{
	struct thread_seen *thread,
		*larger = array_grow(threads->threads, threads->count,
				     sizeof(*larger));

	if (!larger)
		return -1;
	threads->threads = larger;
	thread = &threads->threads[threads->count++];
	*thread = (struct thread_seen){ .copy = copy, .index = index };
	look_repeatedly(copy, thread);
	/* It has ended, or is idle by now. */
	if (!thread->moving &&
	    (!thread->tid || (!thread->run_count && !thread->blocked))) {
		free(thread->runs);
		free(thread->any);
		threads->count--;
	}
	return 0;
}

/* Looks at the entries in bytes, of which the first has that index. */
static int read_entries(struct threads *threads, struct process_copy *copy,
			const uint8_t *bytes, uint32_t first, uint32_t count)
{
	struct memory *memory = copy->slots.memory;
	int rc = 0;

	for (uint32_t i = 0; !rc && i < count && !memory->spent; i++) {
		struct entry entry = parse_entry(
			copy,
			bytes + (size_t)i * copy->layout.abi.thread_stride);

		if (!entry.tid || (!entry.run && !entry.blocked_on))
			continue;
		if (threads->count == SEEN_MAX)
			memory_stop(memory);
		else
			rc = add(threads, copy, first + i);
	}
	return rc;
}

/* Part by part: the table may be as long as it says, or not. */
static int read_copy(struct threads *threads, struct process_copy *copy)
{
	const struct await_debug_block *abi = &copy->layout.abi;
	struct memory *memory = copy->slots.memory;
	uint32_t count, first = 0, part = CHUNK / abi->thread_stride;
	uint8_t bytes[CHUNK];
	int rc = 0;

	if (!memory_read(memory, abi->thread_count, &count, 4))
		return 0;
	if (count > THREADS_LIMIT)
		count = THREADS_LIMIT;
	while (!rc && first < count && !memory->spent) {
		uint32_t wanted = count - first < part ? count - first : part;
		size_t got =
			memory_read_some(memory, entry_at(copy, first), bytes,
					 (size_t)wanted * abi->thread_stride) /
			abi->thread_stride;

		rc = read_entries(threads, copy, bytes, first, (uint32_t)got);
		first += wanted;
		if (got < wanted)
			break;
	}
	return rc;
}

int threads_read(struct threads *threads, struct process *process)
{
	int rc = 0;

	*threads = (struct threads){ 0 };
	memory_next_part(&process->memory);
	for (size_t i = 0; !rc && i < process->count; i++)
		rc = read_copy(threads, process->copies[i]);
	return rc;
}

static bool still_waits(struct process_copy *copy,
			const struct thread_seen *thread)
{
	struct entry entry;

	return read_entry(copy, thread->index, &entry) &&
	       entry.tid == thread->tid &&
	       entry.blocked_on == thread->on.address;
}

uint32_t threads_only_waiters(const struct threads *threads,
			      struct process_copy *copy,
			      const struct slots_await *seen)
{
	uint32_t refs, waiters = 0;

	if (!memory_read(copy->slots.memory,
			 seen->address + copy->layout.abi.await_refs, &refs,
			 sizeof(refs)))
		return 0;
	for (size_t i = 0; i < threads->count; i++) {
		const struct thread_seen *thread = &threads->threads[i];

		if (thread->copy != copy || thread->moving ||
		    !thread->blocked || thread->any ||
		    thread->on.address != seen->address)
			continue;
		if (!still_waits(copy, thread))
			return 0;
		waiters++;
	}
	return waiters == refs ? waiters : 0;
}

void threads_free(struct threads *threads)
{
	for (size_t i = 0; i < threads->count; i++) {
		free(threads->threads[i].runs);
		free(threads->threads[i].any);
	}
	free(threads->threads);
	*threads = (struct threads){ 0 };
}

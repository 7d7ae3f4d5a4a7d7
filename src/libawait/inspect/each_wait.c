/* SPDX-License-Identifier: MIT */
/*
 * await_each_wait(): calls back for every await that a thread sleeps for.
 *
 * An edge that is found under the lock of sleep.c is no outdated one, and the
 * await at its end lives as long as somebody sleeps for it. So edges are copied
 * under that lock, a few of one thread at a time, and shown without it.
 */
#include "libawait/core/cycle.h"
#include "libawait/core/id.h"
#include "libawait/core/sleep.h"
#include "libawait/core/told.h"

#include <await/inspect.h>

enum { EDGES = 16 };

struct edges {
	struct await_wait_info infos[EDGES];
	uint32_t count;
};

static uint64_t id_of(const struct await *aw)
{
	return aw ? slot_id(aw, serial_of(aw)) : 0;
}

static void copy_edge(struct edges *edges, const struct thread *thread,
		      const struct await *aw)
{
	/* Acquire: the record is filled; partner: runs_set_innermost(). */
	const struct run *run = atomic_load_explicit(
		&((struct thread *)thread)->run, memory_order_acquire);

	edges->infos[edges->count++] = (struct await_wait_info){
		.id = id_of(aw),
		.waiter = id_of(run ? run->aw : NULL),
		.addr = thread->blocked_addr,
		/* Relaxed: a thread that sleeps keeps its entry. */
		.thread = atomic_load_explicit(&((struct thread *)thread)->tid,
					       memory_order_relaxed),
	};
}

/* Copies the thread's edges from that one on, as many as there is room for. */
static void copy_edges(struct edges *edges, uint32_t index, uint32_t from)
{
	const struct thread *thread = &await_threads[index];
	const struct await *aw;
	const struct any *any;

	edges->count = 0;
	sleep_lock();
	/* Relaxed, both: guarded by the lock. */
	aw = atomic_load_explicit(&((struct thread *)thread)->blocked_on,
				  memory_order_relaxed);
	any = atomic_load_explicit(&await_any[index], memory_order_relaxed);
	if (aw && !any && from == 0)
		copy_edge(edges, thread, aw);
	for (uint32_t i = from; any && i < any->count && i < from + EDGES; i++)
		copy_edge(edges, thread, any->entries[i].aw);
	sleep_unlock();
}

EXPORT size_t await_each_wait(int (*visit)(const struct await_wait_info *info,
					   void *data),
			      void *data)
{
	/* Acquire: entries below it are in use; partner: thread_register(). */
	uint32_t threads =
		atomic_load_explicit(&await_thread_count, memory_order_acquire);
	struct edges edges;
	size_t count = 0;

	for (uint32_t i = 1; i < threads; i++) {
		for (uint32_t from = 0;; from += EDGES) {
			copy_edges(&edges, i, from);
			for (uint32_t k = 0; k < edges.count; k++) {
				count++;
				if (visit(&edges.infos[k], data) != 0)
					return count;
			}
			if (edges.count < EDGES)
				break;
		}
	}
	return count;
}

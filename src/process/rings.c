/* SPDX-License-Identifier: MIT */
/* See rings.h. */
#include "rings.h"

#include <stdlib.h>
#include <time.h>

enum { STANDS_MS = 20 };

/* The entry that a thread sleeps in: of several copies, at most one. */
static size_t sleeper(const struct threads *threads, uint32_t tid)
{
	for (size_t i = 0; tid && i < threads->count; i++) {
		const struct thread_seen *thread = &threads->threads[i];

		if (thread->tid == tid && thread->blocked && !thread->moving)
			return i;
	}
	return threads->count;
}

static size_t next(const struct threads *threads, size_t i)
{
	return sleeper(threads, threads->threads[i].on_tid);
}

static int add(struct rings *rings, const struct threads *threads, size_t first,
	       size_t count)
{
	struct ring *larger =
		reallocarray(rings->rings, rings->count + 1, sizeof(*larger));
	struct ring ring = { .count = count };

	if (!larger)
		return -1;
	rings->rings = larger;
	ring.threads = calloc(count, sizeof(*ring.threads));
	if (!ring.threads)
		return -1;
	for (size_t i = 0; i < count; i++, first = next(threads, first))
		ring.threads[i] = first;
	larger[rings->count++] = ring;
	return 0;
}

/* Every thread has one way out, so each is walked over once. */
static int find(struct rings *rings, const struct threads *threads)
{
	size_t *walk = calloc(threads->count + 1, sizeof(*walk)); /* 0: new */
	int rc = walk ? 0 : -1;

	for (size_t i = 0; !rc && i < threads->count; i++) {
		const struct thread_seen *thread = &threads->threads[i];
		size_t at = i, count = 0, start;

		if (!thread->blocked || thread->moving)
			continue;
		while (at < threads->count && !walk[at]) {
			walk[at] = i + 1;
			at = next(threads, at);
		}
		if (at == threads->count || walk[at] != i + 1)
			continue;
		start = at;
		do
			count++;
		while ((at = next(threads, at)) != start);
		rc = add(rings, threads, start, count);
	}
	free(walk);
	return rc;
}

static bool still_waits(const struct threads *now,
			const struct thread_seen *was)
{
	size_t i = sleeper(now, was->tid);
	const struct thread_seen *is = &now->threads[i];

	return i < now->count && is->copy == was->copy &&
	       is->on.id == was->on.id && is->on_tid == was->on_tid;
}

static bool stands(const struct ring *ring, const struct threads *threads,
		   const struct threads *now)
{
	for (size_t i = 0; i < ring->count; i++)
		if (!still_waits(now, &threads->threads[ring->threads[i]]))
			return false;
	return true;
}

static int keep_those_that_stand(struct rings *rings,
				 const struct threads *threads,
				 struct process *process)
{
	const struct timespec while_ = { .tv_nsec = STANDS_MS * 1000000l };
	struct threads now;
	size_t kept = 0;
	int rc;

	nanosleep(&while_, NULL);
	rc = threads_read(&now, process);
	for (size_t i = 0; i < rings->count; i++)
		if (!rc && stands(&rings->rings[i], threads, &now))
			rings->rings[kept++] = rings->rings[i];
		else
			free(rings->rings[i].threads);
	rings->count = kept;
	threads_free(&now);
	return rc;
}

int rings_find(struct rings *rings, const struct threads *threads,
	       struct process *process)
{
	int rc;

	*rings = (struct rings){ 0 };
	rc = find(rings, threads);
	if (!rc && rings->count)
		rc = keep_those_that_stand(rings, threads, process);
	return rc;
}

void rings_free(struct rings *rings)
{
	for (size_t i = 0; i < rings->count; i++)
		free(rings->rings[i].threads);
	free(rings->rings);
	*rings = (struct rings){ 0 };
}

/* SPDX-License-Identifier: MIT */
/* See cycles.h. */
#include "process/cycles.h"

#include "common/array.h"

#include <stdlib.h>
#include <time.h>

enum { LASTS_MS = 20 };

/* A thread has an entry in each copy, and sleeps in at most one of them. */
static size_t sleeper(const struct threads *threads, uint32_t tid)
{
	for (size_t i = 0; tid && i < threads->count; i++) {
		const struct thread_seen *thread = &threads->threads[i];

		/* One that sleeps on several has other ways out. */
		if (thread->tid == tid && thread->blocked && !thread->any &&
		    !thread->moving)
			return i;
	}
	return threads->count;
}

static size_t next(const struct threads *threads, size_t i)
{
	return sleeper(threads, threads->threads[i].on_tid);
}

static int add(struct cycles *cycles, const struct threads *threads,
	       size_t first, size_t count)
{
	struct cycle *larger =
		array_grow(cycles->cycles, cycles->count, sizeof(*larger));
	struct cycle cycle = { .count = count };

	if (!larger)
		return -1;
	cycles->cycles = larger;
	cycle.threads = calloc(count, sizeof(*cycle.threads));
	if (!cycle.threads)
		return -1;
	for (size_t i = 0; i < count; i++, first = next(threads, first))
		cycle.threads[i] = first;
	larger[cycles->count++] = cycle;
	return 0;
}

/* The length of the cycle that begins at start; 0 if it is within one copy. */
static size_t measure(const struct threads *threads, size_t start)
{
	const struct process_copy *copy = threads->threads[start].copy;
	bool several = false;
	size_t at = start, count = 0;

	do {
		several |= threads->threads[at].copy != copy;
		count++;
	} while ((at = next(threads, at)) != start);
	return several ? count : 0;
}

/* A thread waits for at most one other, so each is visited once. */
static int find(struct cycles *cycles, const struct threads *threads)
{
	size_t *walk = calloc(threads->count + 1, sizeof(*walk)); /* 0: new */
	int rc = walk ? 0 : -1;

	for (size_t i = 0; !rc && i < threads->count; i++) {
		const struct thread_seen *thread = &threads->threads[i];
		size_t at = i, count;

		if (!thread->blocked || thread->any || thread->moving)
			continue;
		while (at < threads->count && !walk[at]) {
			walk[at] = i + 1;
			at = next(threads, at);
		}
		if (at == threads->count || walk[at] != i + 1)
			continue;
		count = measure(threads, at);
		if (count)
			rc = add(cycles, threads, at, count);
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
	       is->on.id == was->on.id && is->on.serial == was->on.serial &&
	       is->on_tid == was->on_tid;
}

static bool lasts(const struct cycle *cycle, const struct threads *threads,
		  const struct threads *now)
{
	for (size_t i = 0; i < cycle->count; i++)
		if (!still_waits(now, &threads->threads[cycle->threads[i]]))
			return false;
	return true;
}

static int keep_lasting(struct cycles *cycles, const struct threads *threads,
			struct process *process)
{
	const struct timespec pause = { .tv_nsec = LASTS_MS * 1000000l };
	struct threads now;
	size_t kept = 0;
	int rc;

	nanosleep(&pause, NULL);
	rc = threads_read(&now, process);
	for (size_t i = 0; i < cycles->count; i++)
		if (!rc && lasts(&cycles->cycles[i], threads, &now))
			cycles->cycles[kept++] = cycles->cycles[i];
		else
			free(cycles->cycles[i].threads);
	cycles->count = kept;
	threads_free(&now);
	return rc;
}

int cycles_find(struct cycles *cycles, const struct threads *threads,
		struct process *process)
{
	int rc;

	*cycles = (struct cycles){ 0 };
	rc = find(cycles, threads);
	if (!rc && cycles->count)
		rc = keep_lasting(cycles, threads, process);
	return rc;
}

void cycles_free(struct cycles *cycles)
{
	for (size_t i = 0; i < cycles->count; i++)
		free(cycles->cycles[i].threads);
	free(cycles->cycles);
	*cycles = (struct cycles){ 0 };
}

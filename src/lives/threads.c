/* SPDX-License-Identifier: MIT */
/* See threads.h. */
#include "lives/threads.h"

#include "common/array.h"
#include "lives/critical.h"

#include <stdlib.h>

static bool same_thread(const void *item, const void *key)
{
	const struct lives_thread *a = item, *b = key;

	return a->process == b->process && a->tid == b->tid;
}

static uint64_t hash_thread(const struct lives_thread *key)
{
	return hash_number(hash_number(0, (uintptr_t)key->process),
			   (uint64_t)key->tid);
}

struct lives_thread *threads_find(const struct lives *lives,
				  const struct lives_process *process,
				  int64_t tid)
{
	const struct lives_thread key = { .process = process, .tid = tid };

	return table_find(&lives->by_thread, hash_thread(&key), same_thread,
			  &key);
}

struct lives_thread *threads_of(struct lives *lives,
				struct lives_process *process, int64_t tid)
{
	const struct lives_thread key = { .process = process, .tid = tid };
	struct lives_thread *thread = process->latest, **larger;
	void **place = NULL;
	uint64_t hash;

	if (thread && thread->tid == tid)
		return thread;
	hash = hash_thread(&key);
	thread = table_find(&lives->by_thread, hash, same_thread, &key);
	if (thread)
		return process->latest = thread;
	thread = malloc(sizeof(*thread));
	larger = array_grow(lives->threads, lives->thread_count,
			    sizeof(*larger));
	if (larger)
		lives->threads = larger;
	if (thread && larger)
		place = table_place(&lives->by_thread, hash, same_thread, &key);
	if (!place) {
		free(thread);
		return NULL;
	}
	*thread = key;
	lives->threads[lives->thread_count++] = thread;
	return process->latest = *place = thread;
}

void threads_note(struct lives_thread *thread, int64_t time)
{
	if (!thread->seen)
		thread->first_at = time;
	thread->seen = true;
	thread->last_at = time;
}

void lives_threads_free(struct lives *lives)
{
	for (size_t i = 0; i < lives->thread_count; i++) {
		figures_free(&lives->threads[i]->figures);
		free(lives->threads[i]->waits);
		critical_thread_free(lives->threads[i]->critical);
		free(lives->threads[i]);
	}
	free(lives->threads);
	table_free(&lives->by_thread);
}

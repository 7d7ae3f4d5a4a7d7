/* SPDX-License-Identifier: MIT */
/* See critical.h. */
#include "lives/critical.h"

#include "common/array.h"
#include "lives/alive.h"
#include "lives/critical_path.h"

#include <stdlib.h>

/* NULL without memory. What is done by a thread that nobody knows is done by
 * several. */
static struct critical_thread *thread_of(struct lives_thread *thread)
{
	struct critical_thread *made;

	if (thread->critical)
		return thread->critical;
	made = calloc(1, sizeof(*made));
	if (!made)
		return NULL;
	made->path = critical_path_begin(NULL, thread);
	if (!made->path) {
		free(made);
		return NULL;
	}
	made->since = thread->first_at;
	return thread->critical = made;
}

const struct lives_site *critical_site(const struct critical_thread *thread)
{
	return thread->run_count ? thread->runs[thread->run_count - 1].site :
				   NULL;
}

/* What it did up to that time, in the run that it is in. */
static int account(struct critical_thread *thread, int64_t time)
{
	uint64_t ns = (uint64_t)(time - thread->since);

	thread->since = time;
	return critical_path_add(thread->path, critical_site(thread), false,
				 ns);
}

/* Leaves the runs that are inside of that one, whose ends were lost. Returns
 * whether it is in that one. */
static bool leave_to(struct critical_thread *thread, uint64_t id)
{
	size_t i = thread->run_count;

	while (i && thread->runs[i - 1].id != id)
		i--;
	if (i)
		thread->run_count = i;
	return i != 0;
}

static int push(struct critical_thread *thread, uint64_t id,
		const struct lives_site *site)
{
	struct critical_run *larger =
		array_grow(thread->runs, thread->run_count, sizeof(*larger));

	if (!larger)
		return -1;
	thread->runs = larger;
	larger[thread->run_count++] = (struct critical_run){ id, site };
	return 0;
}

/* The run that this one is in may have begun before the recording. */
static int enter_around(const struct moment *now,
			struct critical_thread *thread)
{
	uint64_t id = now->await->run.within;
	const struct lives_await *around;

	if (!now->await->run.within_known || leave_to(thread, id))
		return 0;
	thread->run_count = 0;
	if (!id)
		return 0;
	around = alive_find(now->lives, now->await->process, id);
	return push(thread, id, around ? around->site : NULL);
}

int critical_enter(const struct moment *now)
{
	struct critical_thread *thread = thread_of(now->thread);

	if (!thread || account(thread, now->event->time) ||
	    enter_around(now, thread))
		return -1;
	return push(thread, now->await->id, now->await->site);
}

int critical_leave(const struct moment *now)
{
	struct critical_thread *thread = thread_of(now->thread);

	if (!thread || account(thread, now->event->time))
		return -1;
	if (leave_to(thread, now->await->id))
		thread->run_count--;
	return 0;
}

int critical_sleep(const struct moment *now)
{
	struct critical_thread *thread = thread_of(now->thread);

	return thread ? account(thread, now->event->time) : -1;
}

/* It goes on with the path of who settled the await. */
static int follow(struct critical_thread *thread,
		  const struct lives_await *await)
{
	struct critical_path *path = critical_path_begin(
		await->settled_path, await->settled_path->first);

	if (!path)
		return -1;
	critical_path_free(thread->path);
	thread->path = path;
	thread->since = await->settled_at;
	return 0;
}

int critical_wake(struct lives_thread *of, const struct lives_await *await,
		  const struct lives_wait *wait, int64_t time)
{
	struct critical_thread *thread = thread_of(of);
	uint64_t slept;

	if (!thread)
		return -1;
	if (await->settled_path && await->settled_at >= wait->began)
		return follow(thread, await) || account(thread, time) ? -1 : 0;
	slept = (uint64_t)(time - thread->since);
	thread->since = time;
	return critical_path_add(thread->path, await->site, true, slept);
}

/* Only who sleeps for it has to know. */
int critical_settle(const struct moment *now)
{
	struct lives_await *await = now->await;
	struct critical_thread *thread;
	struct critical_path *rest;

	if (!await->sleepers || !now->thread->tid)
		return 0;
	thread = thread_of(now->thread);
	if (!thread || account(thread, now->event->time))
		return -1;
	rest = critical_path_begin(thread->path, thread->path->first);
	if (!rest)
		return -1;
	/* The thread's own use becomes the await's. */
	critical_path_free(await->settled_path);
	await->settled_path = thread->path;
	thread->path = rest;
	return critical_path_fold(rest);
}

size_t critical_pieces(const struct lives_thread *thread)
{
	const struct critical_path *path =
		thread->critical ? thread->critical->path : NULL;
	size_t count = 0;

	for (; path; path = path->before)
		count++;
	return count;
}

void critical_thread_free(struct critical_thread *thread)
{
	if (!thread)
		return;
	critical_path_free(thread->path);
	free(thread->runs);
	free(thread);
}

/* SPDX-License-Identifier: MIT */
/* See recorded_names.h. */
#include "libawait-test/recorder/recorded_names.h"

#include <await/inspect.h>

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
struct given_names recorded_names;
/* Given while nothing was recorded: a trace that has ended may be read. */
static struct given_names between;

void recorded_names_lock(void)
{
	pthread_mutex_lock(&lock);
}

void recorded_names_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

void recorded_names_keep(const struct await *aw, uint64_t id, const char *name,
			 bool recording)
{
	recorded_names_lock();
	given_names_set(recording ? &recorded_names : &between, aw, id, name);
	recorded_names_unlock();
}

static int keep_one(const struct await_info *info, void *unused)
{
	(void)unused;
	if (*info->name != '\0')
		recorded_names_keep(info->aw, info->id, info->name, true);
	return 0;
}

static bool lives(const struct given_name *given)
{
	return await_core_valid(given->aw) &&
	       await_core_id(given->aw) == given->id;
}

/* Into the other table; false, as it is not kept in this one. */
static bool move(const struct given_name *given)
{
	given_names_set(&recorded_names, given->aw, given->id, given->name);
	return false;
}

void recorded_names_begin(bool first)
{
	if (first)
		await_each(keep_one, NULL);
	recorded_names_lock();
	given_names_sweep(&between, move);
	given_names_sweep(&recorded_names, lives);
	recorded_names_unlock();
}

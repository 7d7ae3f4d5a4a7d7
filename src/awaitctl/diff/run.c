/* SPDX-License-Identifier: MIT */
/* See run.h. An await has a row from the first that is told of it until its
 * end; what is told of others at their end alone makes none. */
#include "awaitctl/diff/run.h"

#include "awaitctl/common/say.h"
#include "awaitctl/read/recording.h"
#include "common/array.h"

#include <await/core.h>

#include <stdlib.h>
#include <string.h>

/* One that is alive, and the threads that have waited for it. */
struct alive {
	const struct lives_await *await;
	uint32_t number;
	uint32_t *threads;
	size_t count;
};

static bool same_await(const void *item, const void *key)
{
	return ((const struct alive *)item)->await == key;
}

static bool same_thread(const void *item, const void *key)
{
	return ((const struct run_thread *)item)->thread == key;
}

/* The strings of one model are equal if their addresses are. */
static bool same_site(const void *item, const void *key)
{
	const struct lives_site *a = ((const struct run_site *)item)->site;
	const struct lives_site *b = key;

	return a->function->name == b->function->name &&
	       a->function->type == b->function->type && a->file == b->file &&
	       a->line == b->line;
}

static uint64_t hash_pointer(const void *pointer)
{
	return hash_number(0, (uintptr_t)pointer);
}

static uint64_t hash_site(const struct lives_site *site)
{
	uint64_t hash = hash_number(site->line, (uintptr_t)site->file);

	hash = hash_number(hash, (uintptr_t)site->function->name);
	return hash_number(hash, (uintptr_t)site->function->type);
}

static uint32_t thread_of(struct run *run, const struct lives_thread *thread)
{
	struct run_thread *made;
	void **place;

	if (!thread)
		return RUN_NONE;
	place = must(table_place(&run->by_thread, hash_pointer(thread),
				 same_thread, thread));
	if (*place)
		return ((struct run_thread *)*place)->number;
	*place = made = must_calloc(1, sizeof(*made));
	made->thread = thread;
	made->process = (uint32_t)thread->process->index;
	made->match = RUN_NONE;
	made->number = (uint32_t)run->thread_count;
	run->threads = must(array_grow(run->threads, run->thread_count,
				       sizeof(*run->threads)));
	run->threads[run->thread_count++] = made;
	return made->number;
}

static uint32_t site_of(struct run *run, const struct lives_site *site)
{
	struct run_site *made;
	void **place;

	if (!site)
		return RUN_NONE;
	place = must(
		table_place(&run->by_site, hash_site(site), same_site, site));
	if (*place)
		return ((struct run_site *)*place)->number;
	*place = made = must_calloc(1, sizeof(*made));
	made->site = site;
	made->match = RUN_NONE;
	made->number = (uint32_t)run->site_count;
	run->sites = must(
		array_grow(run->sites, run->site_count, sizeof(*run->sites)));
	run->sites[run->site_count++] = made;
	return made->number;
}

static struct alive *alive_of(struct run *run, const struct lives_await *await)
{
	void **place = must(table_place(&run->by_await, hash_pointer(await),
					same_await, await));
	struct alive *made;

	if (*place)
		return *place;
	*place = made = must_calloc(1, sizeof(*made));
	made->await = await;
	made->number = (uint32_t)run->await_count;
	run->awaits = must(array_grow(run->awaits, run->await_count,
				      sizeof(*run->awaits)));
	run->awaits[run->await_count++] = (struct run_await){
		.site = RUN_NONE,
		.process = (uint32_t)await->process->index,
		.creator = RUN_NONE,
		.match = RUN_NONE,
	};
	return made;
}

static void end(struct run *run, const struct lives_await *await,
		const struct lives_site *site)
{
	struct alive *alive = table_remove(&run->by_await, hash_pointer(await),
					   same_await, await);

	if (!alive)
		return;
	run->awaits[alive->number].site = site_of(run, site);
	free(alive->threads);
	free(alive);
}

/* Whether the thread has waited for it before. */
static bool note_waiter(struct alive *alive, uint32_t thread)
{
	for (size_t i = 0; i < alive->count; i++)
		if (alive->threads[i] == thread)
			return true;
	alive->threads = must(array_grow(alive->threads, alive->count,
					 sizeof(*alive->threads)));
	alive->threads[alive->count++] = thread;
	return false;
}

static void wait_for(struct run *run, struct alive *alive,
		     const struct lives_change *change)
{
	uint32_t number = thread_of(run, change->thread);
	struct run_thread *thread;

	run->awaits[alive->number].did |= DID_WAIT;
	if (number == RUN_NONE) {
		run->threadless++;
		return;
	}
	thread = run->threads[number];
	/* One that began before the recording has no place in it. */
	if (note_waiter(alive, number) || change->kind == CHANGE_SLEEP_ENDED)
		return;
	thread->waits = must(array_grow(thread->waits, thread->count,
					sizeof(*thread->waits)));
	thread->waits[thread->count++] = alive->number;
}

static bool is_wait(const struct lives_change *change)
{
	return change->kind == CHANGE_HIT ||
	       change->kind == CHANGE_SLEEP_BEGAN ||
	       change->kind == CHANGE_WAIT_ENDED ||
	       (change->kind == CHANGE_RUN_BEGAN && !change->by_start) ||
	       (change->kind == CHANGE_SLEEP_ENDED && !change->began_known);
}

static bool has_failed(const struct lives_change *change)
{
	return (change->kind == CHANGE_RUN_ENDED ||
		change->kind == CHANGE_SETTLED) &&
	       change->end == ENDED_SEEN && change->state != AWAIT_RESOLVED;
}

static void note(struct run *run, struct alive *alive,
		 const struct lives_change *change)
{
	struct run_await *await = &run->awaits[alive->number];

	if (change->kind == CHANGE_CREATED) {
		await->did |= DID_CREATE;
		await->creator = thread_of(run, change->thread);
	}
	if (change->kind == CHANGE_RUN_BEGAN ||
	    change->kind == CHANGE_RUN_ENDED)
		await->did |= DID_RUN;
	if (has_failed(change))
		await->did |= DID_FAIL;
	if (is_wait(change))
		wait_for(run, alive, change);
}

static int told(void *data, const struct lives_change *change)
{
	struct run *run = data;

	if (change->kind == CHANGE_END) {
		end(run, change->await, change->await->site);
		return 0;
	}
	/* The end of a sleep may be seen after that of its await. */
	if (change->kind == CHANGE_SLEEP_ENDED && change->began_known)
		return 0;
	/* What was seen of it before was of another one. */
	if (change->kind == CHANGE_CREATED)
		end(run, change->await, NULL);
	note(run, alive_of(run, change->await), change);
	return 0;
}

/* Those of other recordings are told of, too, and compared with nothing. */
int run_read(struct run *run, struct reading *reading, size_t source)
{
	struct lives *lives = &run->findings.lives;
	int status;

	run->path = reading->sources[source].path;
	lives->told = told;
	lives->told_data = run;
	status = recording_read(&run->findings, reading, source, NULL);
	if (status)
		return status;
	run->process_count = lives->process_count;
	run->processes =
		must_calloc(run->process_count + 1, sizeof(*run->processes));
	for (size_t i = 0; i < run->process_count; i++)
		run->processes[i] = (struct run_process){
			.process = lives->processes[i],
			.compared = findings_count(lives->processes[i]),
			.match = RUN_NONE,
		};
	return 0;
}

static void add_times(struct run *run)
{
	const struct lives *lives = &run->findings.lives;

	for (size_t i = 0; i < lives->site_count; i++) {
		const struct lives_site *site = lives->sites[i];
		const struct lives_process *process = site->function->process;
		struct run_site *sum;
		uint32_t number;

		/* Those of no process are sums of others. */
		if (!process || !run->processes[process->index].compared)
			continue;
		number = site_of(run, site);
		sum = run->sites[number];
		if (histogram_add_all(&sum->run, &site->figures.run) ||
		    histogram_add_all(&sum->blocked, &site->figures.blocked))
			must(NULL);
	}
}

/* How many a thread has created at a site. */
struct counter {
	uint32_t process, site, creator, created, count;
};

static bool same_counter(const void *item, const void *key)
{
	const struct counter *a = item, *b = key;

	return a->process == b->process && a->site == b->site &&
	       a->creator == b->creator && a->created == b->created;
}

static uint64_t hash_counter(const struct counter *key)
{
	uint64_t hash = hash_number(key->created, key->creator);

	return hash_number(hash_number(hash, key->site), key->process);
}

static void number_awaits(struct run *run)
{
	struct table counters = { 0 };

	for (size_t i = 0; i < run->await_count; i++) {
		struct run_await *await = &run->awaits[i];
		const struct counter key = { await->process, await->site,
					     await->creator,
					     await->did & DID_CREATE, 0 };
		struct counter **place = must(table_place(
			&counters, hash_counter(&key), same_counter, &key));

		if (!*place) {
			*place = must_calloc(1, sizeof(key));
			**place = key;
		}
		await->nth = ++(*place)->count;
	}
	for (size_t i = 0; i < counters.size; i++)
		free(counters.slots[i].item);
	table_free(&counters);
}

/* A filter by function passes the events of the awaits of others that do not
 * name one. */
static void hide(struct run *run)
{
	const struct filtered *filtered = run->findings.filtered;

	if (!filtered || !filtered_by_await(filtered))
		return;
	for (size_t i = 0; i < run->await_count; i++) {
		struct run_await *await = &run->awaits[i];
		const struct lives_site *site =
			await->site == RUN_NONE ? NULL :
						  run->sites[await->site]->site;

		if (!(await->did & DID_CREATE) &&
		    (!site || !strcmp(site->function->name, "(unknown)")))
			await->did |= DID_HIDE;
	}
	for (size_t i = 0; i < run->thread_count; i++) {
		struct run_thread *thread = run->threads[i];
		size_t count = 0;

		for (size_t k = 0; k < thread->count; k++)
			if (!(run->awaits[thread->waits[k]].did & DID_HIDE))
				thread->waits[count++] = thread->waits[k];
		thread->count = count;
	}
}

void run_settle(struct run *run)
{
	hide(run);
	number_awaits(run);
	add_times(run);
}

bool run_compares(const struct run *run, const struct run_await *await)
{
	return run->processes[await->process].compared &&
	       !(await->did & DID_HIDE);
}

void run_free(struct run *run)
{
	for (size_t i = 0; i < run->by_await.size; i++) {
		struct alive *alive = run->by_await.slots[i].item;

		if (alive)
			free(alive->threads);
		free(alive);
	}
	for (size_t i = 0; i < run->thread_count; i++) {
		free(run->threads[i]->waits);
		free(run->threads[i]);
	}
	for (size_t i = 0; i < run->site_count; i++) {
		histogram_free(&run->sites[i]->run);
		histogram_free(&run->sites[i]->blocked);
		free(run->sites[i]);
	}
	free(run->threads);
	free(run->sites);
	free(run->awaits);
	free(run->processes);
	table_free(&run->by_thread);
	table_free(&run->by_site);
	table_free(&run->by_await);
	findings_free(&run->findings);
}

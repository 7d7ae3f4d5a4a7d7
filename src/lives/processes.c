/* SPDX-License-Identifier: MIT */
/* See processes.h. */
#include "lives/processes.h"

#include "common/array.h"
#include "lives/sites.h"
#include "lives/slowest.h"

#include <stdlib.h>
#include <string.h>

static bool same_process(const void *item, const void *key)
{
	return ((const struct lives_process *)item)->number ==
	       *(const int64_t *)key;
}

struct lives_process *processes_numbered(const struct lives *lives,
					 int64_t number)
{
	return table_find(&lives->by_number, hash_number(0, (uint64_t)number),
			  same_process, &number);
}

struct lives_process *processes_parent(const struct lives *lives,
				       const struct lives_process *process)
{
	int64_t host = process->number & ~(int64_t)UINT32_MAX;

	return processes_numbered(lives, host | process->ppid);
}

static struct lives_process *add_process(struct lives *lives,
					 const struct lives_process *key)
{
	struct lives_process *process = malloc(sizeof(*process));
	struct lives_process **larger = array_grow(
		lives->processes, lives->process_count, sizeof(*larger));
	void **place = NULL;

	if (larger)
		lives->processes = larger;
	if (process && larger)
		place = table_place(&lives->by_number,
				    hash_number(0, (uint64_t)key->number),
				    same_process, &key->number);
	if (!place) {
		free(process);
		return NULL;
	}
	*process = *key;
	process->index = lives->process_count;
	lives->processes[lives->process_count++] = process;
	lives->latest = process;
	return *place = process;
}

struct lives_process *processes_replace(struct lives *lives,
					struct lives_process *before,
					int64_t time)
{
	const struct lives_process key = { .number = before->number,
					   .vpid = before->vpid,
					   .host = before->host,
					   .session = before->session,
					   .before = before,
					   .first_event = time,
					   .last_event = time };

	if (!before->has_ended)
		before->ended = time;
	before->has_ended = true;
	return add_process(lives, &key);
}

static struct lives_process *find_process(struct lives *lives,
					  const struct trace_event *event)
{
	struct lives_process *process = lives->latest;
	struct lives_process key = { .number = event->process,
				     .vpid = event->vpid,
				     .first_event = event->time };

	if (process && process->number == event->process)
		return process;
	process = processes_numbered(lives, event->process);
	if (process)
		return lives->latest = process;
	key.host = sites_keep(lives, event->host);
	key.session = sites_keep(lives, event->session);
	return key.host && key.session ? add_process(lives, &key) : NULL;
}

struct lives_process *processes_of(struct lives *lives,
				   const struct trace_event *event)
{
	struct lives_process *process = find_process(lives, event);

	if (process && event->time > process->last_event)
		process->last_event = event->time;
	return process;
}

/* Another program, or another process, has the number now if it says something
 * else of itself than before. */
static int note(struct lives *lives, struct lives_process *process,
		const struct trace_event *event)
{
	const char *recordings =
		sites_keep(lives, event_string(event, FIELD_RECORDINGS));
	const char *name = sites_keep(lives, event_string(event, FIELD_NAME));
	uint64_t began = event_number(event, FIELD_BEGAN);

	if (!recordings || !name)
		return -1;
	if (process->recordings &&
	    (process->executed != began || process->recordings != recordings))
		process = processes_replace(lives, process, event->time);
	if (!process)
		return -1;
	process->executed = began;
	process->recordings = recordings;
	process->name = name;
	process->ppid = (int64_t)event_number(event, FIELD_PPID);
	return 1;
}

static int add_child(struct lives *lives, const struct lives_process *parent,
		     const struct trace_event *event)
{
	struct lives_child *larger = array_grow(
		lives->children, lives->child_count, sizeof(*larger));

	if (!larger)
		return -1;
	lives->children = larger;
	larger[lives->child_count++] = (struct lives_child){
		.parent = parent,
		.vpid = (int64_t)event_number(event, FIELD_CHILD),
		.followed = event_number(event, FIELD_FOLLOWED),
	};
	return 1;
}

int processes_event(struct lives *lives, const struct trace_event *event)
{
	struct lives_process *process;

	if (event->kind != EVENT_DUMP_PROCESS &&
	    event->kind != EVENT_PROCESS_END &&
	    event->kind != EVENT_PROCESS_CHILD &&
	    event->kind != EVENT_PROCESS_CUT_OFF)
		return 0;
	process = processes_of(lives, event);
	if (!process)
		return -1;
	if (event->kind == EVENT_DUMP_PROCESS)
		return note(lives, process, event);
	if (event->kind == EVENT_PROCESS_CHILD)
		return add_child(lives, process, event);
	if (event->kind == EVENT_PROCESS_CUT_OFF) {
		process->cut_off = true;
		return 1;
	}
	process->has_ended = true;
	process->ended = event->time;
	return 1;
}

static bool same_namespace(const struct lives_process *a,
			   const struct lives_process *b)
{
	return a->number >> 32 == b->number >> 32;
}

/* It has said what it is. In a namespace of its own it knows no parent. */
static bool is_recorded(const struct lives *lives,
			const struct lives_child *child)
{
	for (size_t i = 0; child->followed && i < lives->process_count; i++) {
		const struct lives_process *process = lives->processes[i];

		if (process->recordings && process->vpid == child->vpid &&
		    process->host == child->parent->host &&
		    (process->ppid == 0 ||
		     process->ppid == child->parent->vpid ||
		     same_namespace(process, child->parent)))
			return true;
	}
	return false;
}

void processes_drop_recorded(struct lives *lives,
			     bool (*wanted)(const struct lives_process *))
{
	size_t count = 0;

	for (size_t i = 0; i < lives->child_count; i++)
		if (wanted(lives->children[i].parent) &&
		    !is_recorded(lives, &lives->children[i]))
			lives->children[count++] = lives->children[i];
	lives->child_count = count;
}

void processes_free(struct lives *lives)
{
	for (size_t i = 0; i < lives->process_count; i++) {
		figures_free(&lives->processes[i]->figures);
		slowest_free(lives, lives->processes[i]);
		free(lives->processes[i]);
	}
	free(lives->processes);
	free(lives->children);
	table_free(&lives->by_number);
}

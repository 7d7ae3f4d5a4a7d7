/* SPDX-License-Identifier: MIT */
/* critical_find() of critical.h, when the trace has ended. */
#include "lives/critical.h"

#include "lives/alive.h"
#include "lives/critical_path.h"

#include <stdlib.h>
#include <string.h>

struct span {
	const struct lives_process *process;
	const struct lives_thread *last;
	int64_t began, ended;
};

/* Each process, with its thread that did something last. */
static struct span *spans_of(const struct lives *lives)
{
	struct span *spans = calloc(lives->process_count + 1, sizeof(*spans));

	for (size_t i = 0; spans && i < lives->thread_count; i++) {
		const struct lives_thread *thread = lives->threads[i];
		struct span *span = &spans[thread->process->index];

		if (!thread->seen || !thread->tid)
			continue;
		if (!span->process || thread->first_at < span->began)
			span->began = thread->first_at;
		if (!span->process || thread->last_at >= span->ended) {
			span->ended = thread->last_at;
			span->last = thread;
		}
		span->process = thread->process;
	}
	return spans;
}

static int longest(struct span *found, const struct lives *lives,
		   bool (*wanted)(const struct lives_process *))
{
	struct span *spans = spans_of(lives);

	*found = (struct span){ 0 };
	for (size_t i = 0; spans && i < lives->process_count; i++)
		if (spans[i].process && wanted(spans[i].process) &&
		    (!found->process || spans[i].ended - spans[i].began >
						found->ended - found->began))
			*found = spans[i];
	free(spans);
	return spans ? 0 : -1;
}

/* What the thread did, or sleeps for, since its path was added to. */
static int add_rest(struct critical_path *sum, struct critical *critical,
		    const struct lives *lives)
{
	const struct lives_thread *last = critical->last;
	const struct critical_thread *thread = last->critical;
	int64_t since = thread ? thread->since : last->first_at;
	const struct lives_await *await;

	if (!last->count)
		return critical_path_add(
			sum, thread ? critical_site(thread) : NULL, false,
			(uint64_t)(critical->ended - since));
	critical->ended = lives_end_of(lives, critical->process);
	await = alive_find(lives, critical->process, last->waits[0].id);
	return critical_path_add(sum, await ? await->site : NULL, true,
				 (uint64_t)(critical->ended - since));
}

static int compare_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int by_length(const void *left, const void *right)
{
	const struct critical_part *a = left, *b = right;
	int order;

	if (a->ns != b->ns)
		return a->ns > b->ns ? -1 : 1;
	if (!a->site || !b->site || a->site == b->site)
		return a->site == b->site ? a->slept - b->slept :
		       a->site		  ? 1 :
					    -1;
	order = compare_texts(a->site->function->name, b->site->function->name);
	if (order == 0)
		order = compare_texts(a->site->file, b->site->file);
	return order ? order :
		       (a->site->line > b->site->line) -
			       (a->site->line < b->site->line);
}

int critical_find(struct critical *critical, const struct lives *lives,
		  bool (*wanted)(const struct lives_process *))
{
	struct critical_path sum = { 0 };
	const struct critical_path *path;
	struct span span;
	int rc = 0;

	*critical = (struct critical){ 0 };
	if (longest(&span, lives, wanted))
		return -1;
	if (!span.process)
		return 0;
	critical->process = span.process;
	critical->process_began = span.began;
	critical->ended = span.ended;
	critical->first = critical->last = span.last;
	path = span.last->critical ? span.last->critical->path : NULL;
	for (; rc == 0 && path; path = path->before) {
		critical->first = path->first;
		rc = critical_path_add_all(&sum, path);
	}
	if (rc == 0)
		rc = add_rest(&sum, critical, lives);
	critical->began = critical->first->first_at;
	critical->parts = sum.parts;
	critical->count = sum.count;
	if (rc == 0)
		qsort(sum.parts, sum.count, sizeof(*sum.parts), by_length);
	else
		critical_free(critical);
	return rc;
}

void critical_free(struct critical *critical)
{
	free(critical->parts);
	*critical = (struct critical){ 0 };
}

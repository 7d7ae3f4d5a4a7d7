/* SPDX-License-Identifier: MIT */
/* See findings.h. */
#include "awaitctl/read/findings.h"

#include "awaitctl/read/belonging.h"
#include "awaitctl/tracedir/filtered.h"
#include "lives/processes.h"

/* The window is known later. */
static void set_choice(struct lives_choice *choice, struct chosen *chosen)
{
	choice->thread = chosen->tid;
	choice->failed = chosen->failed;
	if (!chosen->function && !chosen->site)
		return;
	choice->site = chosen_has_site;
	choice->data = chosen;
}

/* What a filter hid is not what did not happen. */
void findings_begin(struct findings *findings)
{
	static const char *const waits[] = { "await:exec_begin", "await:hit",
					     "await:block_begin",
					     "await:wait_end" };
	const struct filtered *filtered = findings->filtered;
	struct lives *lives = &findings->lives;

	set_choice(&lives->choice, &findings->chosen);
	if (!filtered || filtered_by_await(filtered))
		return;
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		if (filtered_has(filtered, waits[i]))
			lives->waits_unknown = true;
	lives->ends_unknown = filtered_has(filtered, "await:exec_end");
}

bool findings_count(const struct lives_process *process)
{
	return process->belonging != BELONGS_NOT &&
	       process->belonging != BELONGS_UNASKED;
}

/* Of a damaged trace times may be anything. */
uint64_t findings_duration(const struct findings *findings)
{
	return (uint64_t)findings->last_event - (uint64_t)findings->first_event;
}

int64_t findings_rates_from(const struct findings *findings)
{
	const struct rates *rates = &findings->sums.rates;

	return (int64_t)((uint64_t)findings->lives.origin -
			 (uint64_t)findings->first_event +
			 (rates->first << rates->shift));
}

bool findings_are_empty(const struct findings *findings)
{
	const struct figures *all = &findings->sums.all;

	return findings->chosen.failed ? !all->failed : !figures_any(all);
}

bool findings_of_thread(const struct findings *findings)
{
	return findings->chosen.tid != 0;
}

static void note_times(struct findings *findings,
		       const struct lives_process *process)
{
	if (!findings->counted || process->first_event < findings->first_event)
		findings->first_event = process->first_event;
	if (!findings->counted || process->last_event > findings->last_event)
		findings->last_event = process->last_event;
}

static void count_processes(struct findings *findings)
{
	const struct lives *lives = &findings->lives;
	const char *host = NULL;

	for (size_t i = 0; i < lives->process_count; i++) {
		const struct lives_process *process = lives->processes[i];

		if (!findings_count(process)) {
			findings->others += process->events;
			findings->left_out++;
			continue;
		}
		note_times(findings, process);
		findings->counted++;
		findings->events += process->events;
		findings->perhaps += process->belonging == BELONGS_PERHAPS;
		findings->cut_off += process->cut_off;
		if (host && host != process->host)
			findings->several_hosts = true;
		host = process->host;
	}
}

/* Of those that belong to it. */
static void choose_processes(struct findings *findings)
{
	struct lives *lives = &findings->lives;

	for (size_t i = 0; findings->chosen.pid && i < lives->process_count;
	     i++) {
		struct lives_process *process = lives->processes[i];

		if (!findings_count(process) ||
		    process->vpid == findings->chosen.pid)
			continue;
		process->belonging = BELONGS_UNASKED;
		findings->counted--;
	}
}

int findings_finish(struct findings *findings)
{
	struct lives *lives = &findings->lives;

	if (lives_finish(lives))
		return -1;
	belonging_decide(lives, findings->all);
	count_processes(findings);
	choose_processes(findings);
	processes_drop_recorded(lives, findings_count);
	return sums_make(&findings->sums, lives, findings_count);
}

void findings_free(struct findings *findings)
{
	sums_free(&findings->sums);
	lives_free(&findings->lives);
}

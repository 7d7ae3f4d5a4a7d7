/* SPDX-License-Identifier: MIT */
/* See findings.h. */
#include "awaitctl/read/findings.h"

#include "awaitctl/read/belonging.h"
#include "awaitctl/tracedir/filtered.h"
#include "lives/processes.h"

/* What a filter hid is not what did not happen. */
void findings_begin(struct findings *findings)
{
	static const char *const waits[] = { "await:exec_begin", "await:hit",
					     "await:block_begin",
					     "await:wait_end" };
	const struct filtered *filtered = findings->filtered;
	struct lives *lives = &findings->lives;

	if (!filtered || filtered_by_await(filtered))
		return;
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		if (filtered_has(filtered, waits[i]))
			lives->waits_unknown = true;
	lives->ends_unknown = filtered_has(filtered, "await:exec_end");
}

bool findings_count(const struct lives_process *process)
{
	return process->belonging != BELONGS_NOT;
}

static void count_processes(struct findings *findings)
{
	const struct lives *lives = &findings->lives;
	const char *host = NULL;

	for (size_t i = 0; i < lives->process_count; i++) {
		const struct lives_process *process = lives->processes[i];

		if (!findings_count(process)) {
			findings->others += process->events;
			continue;
		}
		findings->counted++;
		findings->events += process->events;
		findings->perhaps += process->belonging == BELONGS_PERHAPS;
		findings->cut_off += process->cut_off;
		if (host && host != process->host)
			findings->several_hosts = true;
		host = process->host;
	}
}

int findings_finish(struct findings *findings)
{
	struct lives *lives = &findings->lives;

	if (lives_finish(lives))
		return -1;
	belonging_decide(lives, findings->all);
	count_processes(findings);
	processes_drop_recorded(lives, findings_count);
	return sums_make(&findings->sums, lives, findings_count);
}

void findings_free(struct findings *findings)
{
	sums_free(&findings->sums);
	lives_free(&findings->lives);
}

/* SPDX-License-Identifier: MIT */
/* See figures.h. */
#include "lives/figures.h"

bool figures_any(const struct figures *figures)
{
	bool any = figures->created || figures->runs || figures->failed ||
		   figures->running || figures->cut_short || figures->waits ||
		   figures->hits || figures->never_waited || figures->unseen ||
		   figures->dropped || figures->cycles || figures->asleep;

	for (int end = 0; end < WAIT_ENDS; end++)
		any = any || figures->ends[end];
	return any || figures->run.count || figures->blocked.count ||
	       figures->slack.count;
}

int figures_add(struct figures *sum, const struct figures *one)
{
	sum->created += one->created;
	sum->runs += one->runs;
	sum->failed += one->failed;
	sum->running += one->running;
	sum->cut_short += one->cut_short;
	sum->waits += one->waits;
	sum->hits += one->hits;
	sum->never_waited += one->never_waited;
	sum->unseen += one->unseen;
	sum->dropped += one->dropped;
	sum->cycles += one->cycles;
	sum->asleep += one->asleep;
	if (one->most_runs > sum->most_runs)
		sum->most_runs = one->most_runs;
	for (int end = 0; end < WAIT_ENDS; end++)
		sum->ends[end] += one->ends[end];
	return histogram_add_all(&sum->run, &one->run) ||
			       histogram_add_all(&sum->blocked,
						 &one->blocked) ||
			       histogram_add_all(&sum->slack, &one->slack) ?
		       -1 :
		       0;
}

void figures_free(struct figures *figures)
{
	histogram_free(&figures->run);
	histogram_free(&figures->blocked);
	histogram_free(&figures->slack);
}

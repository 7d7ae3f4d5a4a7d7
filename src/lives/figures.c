/* SPDX-License-Identifier: MIT */
/* See figures.h. */
#include "lives/figures.h"

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

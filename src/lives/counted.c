/* SPDX-License-Identifier: MIT */
/* See counted.h. */
#include "lives/counted.h"

struct figures *counted_site(const struct moment *now)
{
	return now->counts ? &now->await->site->figures : &now->lives->scrap;
}

/* A thread's figures are of all sites that are asked for. */
static bool counts(const struct moment *now)
{
	return now->counts && choice_has_site(now->lives, now->await->site);
}

struct figures *counted_thread(const struct moment *now)
{
	return counts(now) ? &now->thread->figures : &now->lives->scrap;
}

void counted_rate(const struct moment *now, enum rate rate)
{
	int64_t time = now->event->time, origin = now->lives->origin;

	/* A damaged trace may go back in time. */
	if (counts(now))
		rates_add(&now->await->process->rates, rate,
			  time > origin ? (uint64_t)time - (uint64_t)origin :
					  0);
}

int counted_duration(struct histogram *of_site, struct histogram *of_thread,
		     uint64_t ns)
{
	return histogram_add(of_site, ns) || histogram_add(of_thread, ns) ? -1 :
									    0;
}

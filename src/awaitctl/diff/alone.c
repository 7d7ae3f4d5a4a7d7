/* SPDX-License-Identifier: MIT */
/* What was made, run, waited for or failed in one run only: see comparison.h.
 * An await that one run alone has is counted as made there, and as nothing
 * else. */
#include "awaitctl/diff/comparison.h"

#include "awaitctl/common/say.h"
#include "common/array.h"

#include <stdlib.h>

/* The rows of A's sites, of those that B alone has, and one of no site; of each
 * await what is alone is added to its row. */
struct alone_rows {
	struct alone *rows; /* ALONES for each */
	size_t sites;
};

static size_t row_of(const struct comparison *comparison, int of, uint32_t site)
{
	const struct run *a = &comparison->run[0], *b = &comparison->run[1];

	if (site == RUN_NONE)
		return a->site_count + b->site_count;
	if (of == 0)
		return site;
	return b->sites[site]->match == RUN_NONE ? a->site_count + site :
						   b->sites[site]->match;
}

/* The processes of the other may have done it later. */
static bool is_known(const struct comparison *comparison, int of,
		     uint32_t process)
{
	uint32_t match = comparison->run[of].processes[process].match;
	const struct run *other = &comparison->run[!of];

	if (!comparison->known)
		return false;
	return match == RUN_NONE ? comparison->ended[!of] :
				   other->processes[match].process->has_ended;
}

static void count(struct alone_rows *sums, const struct comparison *comparison,
		  int of, uint32_t number, enum alone_what what)
{
	const struct run *run = &comparison->run[of];
	const struct run_await *await = &run->awaits[number];
	struct alone *row =
		&sums->rows[row_of(comparison, of, await->site) * ALONES +
			    what];
	bool known = is_known(comparison, of, await->process);

	if (!row->count[of]) {
		row->first[of] = number;
		row->known[of] = known;
	}
	row->known[of] &= known;
	row->count[of]++;
	row->what = what;
	if (await->site != RUN_NONE && (of == 0 || !row->site))
		row->site = run->sites[await->site]->site;
}

/* What was under way before the recording has no counterpart that is known. */
static void look(struct alone_rows *sums, const struct comparison *comparison,
		 int of, uint32_t number)
{
	static const uint32_t did[ALONES] = {
		[ALONE_RUN] = DID_RUN,
		[ALONE_WAITED] = DID_WAIT,
		[ALONE_FAILED] = DID_FAIL,
	};
	const struct run_await *await = &comparison->run[of].awaits[number];
	const struct run_await *other;

	if (!run_compares(&comparison->run[of], await))
		return;
	if (await->match == RUN_NONE) {
		if (await->did & DID_CREATE)
			count(sums, comparison, of, number, ALONE_MADE);
		return;
	}
	other = &comparison->run[!of].awaits[await->match];
	for (int what = ALONE_RUN; what < ALONES; what++)
		if (await->did & ~other->did & did[what])
			count(sums, comparison, of, number,
			      (enum alone_what)what);
}

void alone_make(struct comparison *comparison)
{
	struct alone_rows sums = { .sites = comparison->run[0].site_count +
					    comparison->run[1].site_count + 1 };

	sums.rows = must_calloc(sums.sites * ALONES, sizeof(*sums.rows));
	for (int of = 0; of < 2; of++)
		for (size_t i = 0; i < comparison->run[of].await_count; i++)
			look(&sums, comparison, of, (uint32_t)i);
	for (size_t i = 0; i < sums.sites * ALONES; i++) {
		if (!sums.rows[i].count[0] && !sums.rows[i].count[1])
			continue;
		comparison->alone = must(array_grow(comparison->alone,
						    comparison->alone_count,
						    sizeof(struct alone)));
		comparison->alone[comparison->alone_count++] = sums.rows[i];
	}
	free(sums.rows);
}

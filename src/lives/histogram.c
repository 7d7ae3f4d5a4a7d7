/* SPDX-License-Identifier: MIT */
/* See histogram.h. The first "octave" has the durations below HISTOGRAM_PARTS,
 * each its own count; from then on each has those between two powers of two. */
#include "lives/histogram.h"

#include <stdlib.h>
#include <string.h>

enum { BITS = 6 };

static unsigned octave_of(uint64_t ns)
{
	return ns < HISTOGRAM_PARTS ? 0 :
				      64 - BITS - (unsigned)__builtin_clzll(ns);
}

static size_t part_of(uint64_t ns, unsigned octave)
{
	return octave == 0 ? ns : (ns >> (octave - 1)) - HISTOGRAM_PARTS;
}

/* The middle of what is counted there. */
static uint64_t duration_of(unsigned octave, size_t part)
{
	uint64_t width = octave == 0 ? 1 : (uint64_t)1 << (octave - 1);

	return octave == 0 ? part :
			     (HISTOGRAM_PARTS + part) * width + width / 2;
}

static int make_room(struct histogram *histogram, unsigned first,
		     unsigned octaves)
{
	size_t size = HISTOGRAM_PARTS * sizeof(*histogram->counts);
	uint64_t *counts = calloc(octaves, size);

	if (!counts)
		return -1;
	if (histogram->octaves)
		memcpy(counts + (histogram->first - first) * HISTOGRAM_PARTS,
		       histogram->counts, histogram->octaves * size);
	free(histogram->counts);
	histogram->counts = counts;
	histogram->first = first;
	histogram->octaves = octaves;
	return 0;
}

/* Room for what has that octave, too. */
static int reach(struct histogram *histogram, unsigned octave)
{
	unsigned first = histogram->first;
	unsigned end = first + histogram->octaves;

	if (octave >= first && octave < end)
		return 0;
	if (!histogram->octaves)
		first = end = octave;
	if (octave < first)
		first = octave;
	if (octave >= end)
		end = octave + 1;
	return make_room(histogram, first, end - first);
}

int histogram_add(struct histogram *histogram, uint64_t ns)
{
	unsigned octave = octave_of(ns);

	if (reach(histogram, octave))
		return -1;
	histogram->counts[(octave - histogram->first) * HISTOGRAM_PARTS +
			  part_of(ns, octave)]++;
	if (!histogram->count || ns < histogram->least)
		histogram->least = ns;
	if (ns > histogram->most)
		histogram->most = ns;
	histogram->count++;
	histogram->total += ns;
	return 0;
}

int histogram_add_all(struct histogram *histogram,
		      const struct histogram *other)
{
	size_t at;

	if (!other->count)
		return 0;
	if (reach(histogram, other->first) ||
	    reach(histogram, other->first + other->octaves - 1))
		return -1;
	at = (other->first - histogram->first) * HISTOGRAM_PARTS;
	for (size_t i = 0; i < other->octaves * HISTOGRAM_PARTS; i++)
		histogram->counts[at + i] += other->counts[i];
	if (!histogram->count || other->least < histogram->least)
		histogram->least = other->least;
	if (other->most > histogram->most)
		histogram->most = other->most;
	histogram->count += other->count;
	histogram->total += other->total;
	return 0;
}

uint64_t histogram_percentile(const struct histogram *histogram,
			      unsigned percent)
{
	uint64_t left = histogram->count / 100 * percent +
			(histogram->count % 100 * percent + 99) / 100;
	uint64_t ns;
	size_t i = 0;

	if (!histogram->count)
		return 0;
	while (histogram->counts[i] < left)
		left -= histogram->counts[i++];
	ns = duration_of(histogram->first + (unsigned)(i / HISTOGRAM_PARTS),
			 i % HISTOGRAM_PARTS);
	return ns < histogram->least ? histogram->least :
	       ns > histogram->most  ? histogram->most :
				       ns;
}

void histogram_free(struct histogram *histogram)
{
	free(histogram->counts);
}

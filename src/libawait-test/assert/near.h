/* SPDX-License-Identifier: MIT */
/* The event that nearly matches, and the name that is nearly right: hints at
 * what was meant, for failures. */
#pragma once

#include "libawait-test/assert/claim.h"

/* On the scale of side_by_side.h: 0 matches, FAR is another event. */
unsigned near_distance(const struct await_match *match,
		       const struct claim *claim, const struct record *record);
/* Adds lines: the nearest event from index first on, where none matches, and
 * near_names(). */
void near_say(struct claim *claim, const struct await_match *match,
	      size_t first);
/* Adds lines: names that match has but no event of the trace. */
void near_names(struct claim *claim, const struct await_match *match);

/* SPDX-License-Identifier: MIT */
/* Two lists, of what was expected and what happened, printed side by side. */
#pragma once

#include "libawait-test/records/event_text.h"

/* A difference of two elements from 0, as expected, to this or more: they have
 * little to do with each other. */
#define FAR 4u

struct side_by_side {
	size_t expected, happened; /* lengths */
	unsigned (*differ)(const struct side_by_side *lists, size_t expected,
			   size_t happened);
	void (*left)(const struct side_by_side *lists, size_t expected,
		     struct text *text);
	void (*right)(const struct side_by_side *lists, size_t happened,
		      struct text *text);
	const void *data;
};

/* False: no memory. */
bool side_by_side_add(struct text *text, const struct side_by_side *lists);

/* SPDX-License-Identifier: MIT */
/* See labels.h. */
#include "awaitctl/export/labels.h"

#include "awaitctl/common/say.h"
#include "awaitctl/export/notes.h"
#include "common/array.h"

#include <stdlib.h>

static const char unknown;

struct numbers {
	const void *thing;
	size_t after[2]; /* of each kind, the number + 1; 0: it has none */
};

size_t labels_of(struct labels *labels, const void *thing, enum frame_kind kind)
{
	struct numbers *numbers = notes_of(
		&labels->by_thing, thing ? thing : &unknown, sizeof(*numbers));

	if (numbers->after[kind])
		return numbers->after[kind] - 1;
	labels->all = must(
		array_grow(labels->all, labels->count, sizeof(*labels->all)));
	labels->all[labels->count] = (struct label){ thing, kind };
	numbers->after[kind] = ++labels->count;
	return labels->count - 1;
}

void labels_free(struct labels *labels)
{
	free(labels->all);
	notes_free(&labels->by_thing);
}

/* SPDX-License-Identifier: MIT */
/* Numbers for the names that frames are shown by, from 0 in the order in which
 * they are first used. */
#pragma once

#include "awaitctl/export/tracks.h"

struct label {
	const void *of; /* NULL: of what is not known */
	enum frame_kind kind;
};

struct labels {
	struct table by_thing;
	struct label *all;
	size_t count;
};

size_t labels_of(struct labels *labels, const void *thing,
		 enum frame_kind kind);
void labels_free(struct labels *labels);

/* SPDX-License-Identifier: MIT */
/* The recorded stacks of an await, a call for each function in them: also for
 * those that have no code of their own. */
#pragma once

#include "lives/lives.h"
#include "lives/stacks.h"
#include "symbols/symbols.h"

struct report_frame {
	uint64_t addr;
	const struct traced_file *file; /* NULL: in none that is known */
	uint64_t offset;		/* in it */
	const char *function, *source;	/* NULL: not known */
	int line;
	bool inlined; /* into the function of the next one */
};

typedef void frames_call(void *data, const struct report_frame *frame);

/* The innermost first. */
void frames_each(const struct symbols *symbols,
		 const struct lives_process *process,
		 const struct lives_stacks *stacks, enum lives_stack_of of,
		 frames_call *call, void *data);

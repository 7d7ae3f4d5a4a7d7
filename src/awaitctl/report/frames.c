/* SPDX-License-Identifier: MIT */
/* See frames.h. */
#include "awaitctl/report/frames.h"

struct telling {
	struct report_frame frame;
	frames_call *call;
	void *data;
};

static void tell(void *data, const struct symbolize_frame *known)
{
	struct telling *to = data;

	to->frame.function = known->function;
	to->frame.source = known->source;
	to->frame.line = known->line;
	to->frame.inlined = known->inlined;
	to->call(to->data, &to->frame);
}

void frames_each(const struct symbols *symbols,
		 const struct lives_process *process,
		 const struct lives_stacks *stacks, enum lives_stack_of of,
		 frames_call *call, void *data)
{
	const struct lives_stack *stack = stacks->of[of].stack;
	int64_t time = stacks->of[of].time;

	for (size_t i = 0; stack && i < stack->depth; i++) {
		struct telling to = { .frame.addr = stack->addrs[i],
				      .call = call,
				      .data = data };

		to.frame.file = symbols_file(symbols, process->number, time,
					     stack->addrs[i], &to.frame.offset);
		if (!symbols_frames(symbols, process->number, time,
				    stack->addrs[i], tell, &to))
			call(data, &to.frame);
	}
}

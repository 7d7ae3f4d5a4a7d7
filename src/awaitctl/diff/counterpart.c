/* SPDX-License-Identifier: MIT */
/* See counterpart.h. */
#include "awaitctl/diff/counterpart.h"

static bool other_ended(const struct comparison *comparison, int of,
			const struct run_await *await)
{
	uint32_t match = comparison->run[of].processes[await->process].match;

	return match == RUN_NONE ?
		       comparison->ended[!of] :
		       comparison->run[!of].processes[match].process->has_ended;
}

struct counterpart counterpart_of(const struct comparison *comparison,
				  const struct thread_pair *pair, int of,
				  size_t at)
{
	const struct run_thread *self = of ? pair->b : pair->a;
	const struct run_thread *other = of ? pair->a : pair->b;
	const struct run_await *await =
		&comparison->run[of].awaits[self->waits[at]];
	bool waited = false;

	if (await->match != RUN_NONE) {
		for (size_t i = 0; other && i < other->count; i++)
			if (other->waits[i] == await->match)
				return (struct counterpart){ AT_PLACE, i };
		waited = comparison->run[!of].awaits[await->match].did &
			 DID_WAIT;
	}
	if (!comparison->known)
		return (struct counterpart){ AT_UNKNOWN, 0 };
	if (waited)
		return (struct counterpart){ AT_OTHER, 0 };
	if (!other_ended(comparison, of, await))
		return (struct counterpart){ AT_NOT_YET, 0 };
	return (struct counterpart){ await->match == RUN_NONE ? AT_NOT_MADE :
								AT_NEVER,
				     0 };
}

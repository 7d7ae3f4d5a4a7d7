/* SPDX-License-Identifier: MIT */
/* See eager.h. */
#include "libawait/perturb/eager.h"

#include "libawait/core/run.h"
#include "libawait/perturb/perturb.h"

static bool eager; /* constant once the first await is made */

void eager_begin(void)
{
	eager = true;
}

COLD void eager_created(struct await *aw, const void *addr)
{
	if (eager && aw->site->func->run && perturb_applies(thread_self()))
		run_new(aw, addr);
}

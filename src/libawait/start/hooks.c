/* SPDX-License-Identifier: MIT */
/* The hooks by which the core calls the rest of the library: see
 * core/hooks.h. */
#include "libawait/core/hooks.h"

#include "libawait/core/run.h"
#include "libawait/diag/abort.h"
#include "libawait/diag/check.h"
#include "libawait/diag/cycle_report.h"
#include "libawait/diag/misuse.h"
#include "libawait/diag/quarantine.h"
#include "libawait/perturb/eager.h"
#include "libawait/perturb/inject.h"
#include "libawait/perturb/shuffle.h"
#include "libawait/start/begin.h"

const struct core_hooks core_hooks = {
	.begin = begin,
	.fatal = abort_misuse,
	.end_left = run_end_if_left,
	.saturated = misuse_saturated,
	.handle_used = check_handle_used,
	.reference_used = check_reference_used,
	.owner_lost = misuse_owner_lost,
	.slot_freed = quarantine_push,
	.cycle_refused = cycle_report,
	.created = eager_created,
	.run = inject_run,
	.wait = shuffle_wait,
	.sleeps = shuffle_sleeps,
};

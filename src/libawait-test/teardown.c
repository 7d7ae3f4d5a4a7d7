/* SPDX-License-Identifier: MIT */
/* What a cmocka test leaves behind, of the recorder and of the assertions: the
 * only place that knows both. */
#include "common/export.h"
#include "libawait-test/assert/deferred_failures.h"

#include <await/test.h>

#include <stdio.h>
#include <unistd.h>

EXPORT int await_trace_teardown(void **state)
{
	const char *failures;

	(void)state;
	await_trace_end();
	failures = deferred_failures_take();
	if (!failures)
		return 0;
	dprintf(STDERR_FILENO, "%s\n", failures);
	return -1;
}

/* SPDX-License-Identifier: MIT */
/* For tests that are linked with load/ alone: what begin.c does for it. */
#include "libawait-test/load/load.h"
#include "libawait-test/records/functions.h"

__attribute__((constructor)) static void begin(void)
{
	functions_watch_forks();
	tracing_watch_forks();
}

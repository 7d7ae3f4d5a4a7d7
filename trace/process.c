/* SPDX-License-Identifier: MIT */
/* See process.h. */
#define _GNU_SOURCE /* secure_getenv, program_invocation_short_name */
#include "process.h"

#include "provider.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As the process found them: a program may change its environment. */
static char name[64];
static char recordings[256];

void process_dump(void)
{
	lttng_ust_tracepoint(await, statedump_process, name, getppid(),
			     recordings, NULL);
}

/* The last tags are those of the innermost recordings, which are kept if there
 * are too many. */
void process_begin(void)
{
	const char *found = secure_getenv("LIBAWAIT_RECORDING");
	size_t length = found ? strlen(found) : 0;
	size_t most = sizeof(recordings) - 1;

	snprintf(name, sizeof(name), "%s", program_invocation_short_name);
	if (found)
		snprintf(recordings, sizeof(recordings), "%s",
			 length > most ? found + length - most : found);
	process_dump();
}

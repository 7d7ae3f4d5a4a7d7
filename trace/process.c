/* SPDX-License-Identifier: MIT */
/* See process.h. */
#define _GNU_SOURCE /* secure_getenv, program_invocation_short_name */
#include "process.h"

#include "common/array.h"
#include "descriptors.h"
#include "provider.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* As the process found them: a program may change its environment. */
static char name[64];
static char recordings[256];

/* By this a process is told from another one that has or had its number, also
 * from the program that has executed it. */
static uint64_t began; /* ns of CLOCK_MONOTONIC */

static void note_begin(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	began = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* What ran as the process was forked. */
static uint64_t *inherited;
static size_t inherited_count;

void process_dump(void)
{
	uint32_t times_lost = descriptors_times_lost();

	lttng_ust_tracepoint(await, statedump_process, name, getppid(),
			     recordings, began, NULL);
	for (size_t i = 0; i < inherited_count; i++)
		lttng_ust_tracepoint(await, statedump_inherited, inherited[i],
				     NULL);
	if (times_lost)
		lttng_ust_tracepoint(await, process_cut_off, times_lost, NULL);
}

static int note_running(const struct await_info *info, void *unused)
{
	uint64_t *grown;

	(void)unused;
	if (info->state != AWAIT_RUNNING)
		return 0;
	grown = array_grow(inherited, inherited_count, sizeof(*inherited));
	if (!grown)
		return 1;
	inherited = grown;
	inherited[inherited_count++] = info->id;
	return 0;
}

/* Nobody else records it, and looking at all awaits takes time. */
void process_forked(void)
{
	note_begin();
	descriptors_forked();
	free(inherited);
	inherited = NULL;
	inherited_count = 0;
	if (lttng_ust_tracepoint_enabled(await, statedump_inherited))
		await_each(note_running, NULL);
}

/* The last tags are those of the innermost recordings, which are kept if there
 * are too many. */
void process_begin(void)
{
	const char *found = secure_getenv("LIBAWAIT_RECORDING");
	size_t length = found ? strlen(found) : 0;
	size_t most = sizeof(recordings) - 1;

	note_begin();
	snprintf(name, sizeof(name), "%s", program_invocation_short_name);
	if (found)
		snprintf(recordings, sizeof(recordings), "%s",
			 length > most ? found + length - most : found);
	process_dump();
}

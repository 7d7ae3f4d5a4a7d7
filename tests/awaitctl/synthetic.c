/* SPDX-License-Identifier: MIT */
/*
 * Emits the events of the provider `await` that its stdin lists, without any
 * await: exact times, lost beginnings and numbers used twice, which no real
 * program could be made to have. A line is
 *
 *     create ID FUNCTION LINE
 *     begin ID FUNCTION ATTEMPT
 *     start ID FUNCTION ATTEMPT    a begin whose run was started
 *     running ID FUNCTION ATTEMPT  in a state dump
 *     end ID ERROR NANOSECONDS
 *     hit ID
 *     block ID [WAITER]      in the run of that await
 *     unblock ID [WAITER]
 *     waited ID ERROR STATE
 *     destroy ID
 *     repeat N               the next line N times
 *
 * Awaits are created in thing.c, or in what AWAITCTL_SYNTHETIC_FILE says.
 */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "provider.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The provider includes headers that refer to it; nobody looks at it here. */
AWAIT_ATOMIC(uint32_t) await_armed;

static struct await_type type = { .name = "thing" };
static char name[32];
static struct await_func func = { .type = &type, .name = name };
static struct await_site site = { .func = &func, .file = "thing.c" };

static void emit_running(const struct await_event *event)
{
	const struct await_info info = {
		.id = event->id,
		.state = AWAIT_RUNNING,
		.attempts = event->attempt,
		.name = "",
		.thread = (uint32_t)getpid(),
	};

	lttng_ust_tracepoint(await, statedump_live, 1, &info, &site, NULL);
}

static void emit(const char *verb, const struct await_event *event)
{
	/* Below any mapping: has no name and no line. */
	void *addr = (void *)0x10;

	if (!strcmp(verb, "create"))
		lttng_ust_tracepoint(await, create, event, addr);
	else if (!strcmp(verb, "begin") || !strcmp(verb, "start"))
		lttng_ust_tracepoint(await, exec_begin, event, addr);
	else if (!strcmp(verb, "end"))
		lttng_ust_tracepoint(await, exec_end, event, addr);
	else if (!strcmp(verb, "hit"))
		lttng_ust_tracepoint(await, hit, event, addr);
	else if (!strcmp(verb, "block"))
		lttng_ust_tracepoint(await, block_begin, event, addr);
	else if (!strcmp(verb, "unblock"))
		lttng_ust_tracepoint(await, block_end, event, addr);
	else if (!strcmp(verb, "waited"))
		lttng_ust_tracepoint(await, wait_end, event, addr);
	else if (!strcmp(verb, "running"))
		emit_running(event);
	else if (!strcmp(verb, "destroy"))
		lttng_ust_tracepoint(await, destroy, event, addr);
	else
		exit(98);
}

static void emit_line(const char *line, long times)
{
	struct await_event event = { .site = &site };
	char verb[16];
	unsigned state;

	if (sscanf(line, "%15s %" SCNu64, verb, &event.id) != 2)
		exit(98);
	if (!strcmp(verb, "start"))
		event.source = AWAIT_RUN_START;
	if (!strcmp(verb, "end") || !strcmp(verb, "waited"))
		sscanf(line, "%*s %*s %" SCNd32 " %" SCNu64, &event.error,
		       &event.latency_ns);
	else if (strstr(verb, "block"))
		sscanf(line, "%*s %*s %" SCNu64, &event.parent);
	else
		sscanf(line, "%*s %*s %31s %" SCNu32, name, &site.line);
	event.attempt = site.line;
	event.state = event.error ? AWAIT_FAILED : AWAIT_RESOLVED;
	if (sscanf(line, "waited %*s %*s %u", &state) == 1)
		event.state = state;
	while (times-- > 0)
		emit(verb, &event);
}

int main(void)
{
	char line[128];
	long times = 1, next;
	const char *recordings = getenv("LIBAWAIT_RECORDING");
	const char *file = getenv("AWAITCTL_SYNTHETIC_FILE");

	lttng_ust_tracepoint(await, statedump_process, "synthetic", getppid(),
			     recordings ? recordings : "", (uint64_t)0, NULL);
	if (file)
		site.file = file;
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "repeat %ld", &next) == 1) {
			times = next;
			continue;
		}
		emit_line(line, times);
		times = 1;
	}
	return 0;
}

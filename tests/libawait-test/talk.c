/* SPDX-License-Identifier: MIT */
/*
 * The program behind talk.py: executes the commands on its stdin, and answers
 * each with lines of which the last is a full stop.
 *
 *     load DIRECTORY VPID   the trace, an event a line, or the error
 *     begin                 a session: 0 or the error
 *     use N                 N awaits
 *     end                   the session's trace, or the error
 */
#include "testing.h"

#include "libawait-test/records/functions.h"

#include <inttypes.h>
#include <stdio.h>

AWAIT_TYPE(int, int);

static int twice(int *out, int x)
{
	*out = 2 * x;
	return 0;
}
AWAITABLE(int, twice, (int, x));

static const char *text(const char *string)
{
	return string ? string : "-";
}

static void show_stack(const struct await_trace *trace,
		       const struct record *record)
{
	const uint64_t *stack = trace->stacks + record->stack;

	printf(" stack=");
	if (!record->stack) {
		printf("-");
		return;
	}
	for (size_t i = 0; i < stack[-1]; i++)
		printf("%s%s", i ? "," : "",
		       text(functions_name(trace, record->time_ns,
					   stack[i] - 1)));
}

static void show_record(const struct await_trace *trace,
			const struct record *record)
{
	static const char *const types[] = {
		"create",    "exec_begin", "exec_end", "hit",	  "block_begin",
		"block_end", "cycle",	   "destroy",  "resolve", "cancel",
		"wait_end",  "name",	   "start"
	};

	printf("event=%s id=%" PRIu64 " parent=%" PRIu64 " state=%d error=%d",
	       types[record->type], record->id, record->parent, record->state,
	       record->error);
	printf(" attempt=%u thread=%u latency=%" PRIu64, record->attempt,
	       record->thread,
	       record->type == AWAIT_EVENT_EXEC_END ? record->latency_ns : 0);
	printf(" function=%s type=%s file=%s line=%u site=%p",
	       record->site->func->name, record->site->func->type->name,
	       text(record->site->file), record->site->line,
	       (const void *)record->site);
	printf(" from=%s at=%s",
	       text(functions_name(trace, record->time_ns, record->addr)),
	       text(functions_line(trace, record->time_ns, record->addr)));
	show_stack(trace, record);
	printf("\n");
}

static void show(const struct await_trace *trace)
{
	if (!trace) {
		printf("error: %s\n", await_trace_error());
		return;
	}
	printf("lost=%zu\n", trace->lost);
	for (size_t i = 0; i < trace->count; i++)
		show_record(trace, &trace->records[i]);
	await_trace_free(trace);
}

static void use(int count)
{
	for (int i = 0; i < count; i++) {
		await_int *aw = awaitable(twice, i);

		await_wait(aw, NULL);
		await_unref(aw);
	}
}

static void begin(void)
{
	int rc = await_session_begin();

	if (rc)
		printf("error: %s\n", await_trace_error());
	else
		printf("0\n");
}

static void obey(const char *line)
{
	char directory[4096] = "";
	int number = 0;

	if (sscanf(line, "load %4095s %d", directory, &number) >= 1)
		show(await_trace_load(directory, number));
	else if (sscanf(line, "use %d", &number) == 1)
		use(number);
	else if (!strcmp(line, "begin\n"))
		begin();
	else if (!strcmp(line, "end\n"))
		show(await_session_end());
	else
		exit(98);
	printf(".\n");
	fflush(stdout);
}

int main(void)
{
	char line[8192];

	while (fgets(line, sizeof(line), stdin))
		obey(line);
	return 0;
}

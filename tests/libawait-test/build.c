/* SPDX-License-Identifier: MIT */
/* Traces made by hand, and stand-ins for what the recorder and the symbols
 * know. */
#include "build.h"

#include "libawait-test/records/functions.h"
#include "libawait-test/records/test_thread.h"

#include <stdio.h>

static const struct await_type page = { .name = "page" };
static const struct await_func fetch = { .name = "fetch", .type = &page };
static const struct await_func render = { .name = "render", .type = &page };

const struct await_site fetch_site = { &fetch, "../src/page.c", "show", 31, 0 };
const struct await_site render_site = { &render, "view.c", "main", 7, 0 };

__thread bool build_other_thread;

bool test_thread_is_current(void)
{
	return !build_other_thread;
}

const char *functions_name(const struct await_trace *trace, uint64_t time_ns,
			   uint64_t addr)
{
	static const char *const names[] = { NULL, "show", "main", "tiny" };

	(void)trace, (void)time_ns;
	return addr >> 12 < 4 ? names[addr >> 12] : NULL;
}

bool functions_has(const struct await_trace *trace, uint64_t time_ns,
		   uint64_t addr, const char *name)
{
	const char *innermost = functions_name(trace, time_ns, addr);

	return innermost && (strcmp(innermost, name) == 0 ||
			     (addr >> 12 == 3 && strcmp(name, "main") == 0));
}

const char *functions_line(const struct await_trace *trace, uint64_t time_ns,
			   uint64_t addr)
{
	static __thread char line[64];
	const char *name = functions_name(trace, time_ns, addr);

	if (!name)
		return NULL;
	snprintf(line, sizeof(line), "../src/%s.c:%u",
		 name[0] == 's' ? "page" : "main", (unsigned)addr & 0xfff);
	return line;
}

struct record *build_event(struct build *build, int type, int state,
			   const struct await_site *site, uint64_t id)
{
	struct record *record = &build->records[build->trace.count];

	assert_true(build->trace.count < 256);
	build->trace.records = build->records;
	build->trace.stacks = build->stacks;
	*record = (struct record){
		.time_ns = 1000 * ++build->trace.count,
		.id = id,
		.site = site,
		.addr = SHOW(33),
		.thread = 4711,
		.type = (uint8_t)type,
		.state = (uint8_t)state,
	};
	return record;
}

void build_stack(struct build *build, struct record *record,
		 const uint64_t *calls)
{
	struct await_trace *trace = &build->trace;
	uint64_t *depth = &build->stacks[trace->stacks_used++];

	record->stack = (uint32_t)trace->stacks_used;
	for (*depth = 0; *calls; ++*depth)
		build->stacks[trace->stacks_used++] = *calls++ + 1;
}

const struct await_trace *build_page(struct build *build)
{
	struct record *record;

	*build = (struct build){ 0 };
	build_event(build, AWAIT_EVENT_CREATE, AWAIT_PENDING, &fetch_site, 1)
		->addr = SHOW(31);
	build_event(build, AWAIT_EVENT_EXEC_BEGIN, AWAIT_RUNNING, &fetch_site,
		    1);
	build_event(build, AWAIT_EVENT_EXEC_END, AWAIT_RESOLVED, &fetch_site, 1)
		->latency_ns = 500;
	build_event(build, AWAIT_EVENT_HIT, AWAIT_RESOLVED, &fetch_site, 1)
		->addr = MAIN(12);
	build_event(build, AWAIT_EVENT_CREATE, AWAIT_PENDING, &render_site,
		    2 + (1ull << 32))
		->parent = 1;
	build_event(build, AWAIT_EVENT_EXEC_BEGIN, AWAIT_RUNNING, &render_site,
		    2 + (1ull << 32))
		->thread = 4712;
	record = build_event(build, AWAIT_EVENT_EXEC_END, AWAIT_FAILED,
			     &render_site, 2 + (1ull << 32));
	record->thread = 4712;
	record->error = -EIO;
	record->latency_ns = 700;
	build_event(build, AWAIT_EVENT_DESTROY, AWAIT_RESOLVED, &fetch_site, 1);
	return &build->trace;
}

/* SPDX-License-Identifier: MIT */
/* See events.h. */
#include "libawait-test/load/events.h"

#include "libawait-test/load/fields_needed.h"

#include <await/trace.h>

#include <stdlib.h>
#include <string.h>

/* A stack is searched for its event that far back: events of other threads
 * may be in between. */
enum { FAR_BACK = 4096 };

/* Room for one more of count things. False without memory. */
static bool grow(struct loading *loading, void **array, size_t *room,
		 size_t count, size_t size)
{
	size_t wanted = *room ? *room : 1024;
	void *larger;

	if (count <= *room)
		return true;
	while (wanted < count)
		wanted *= 2;
	larger = reallocarray(*array, wanted, size);
	if (!larger) {
		loading->out_of_memory = true;
		return false;
	}
	*array = larger;
	*room = wanted;
	return true;
}

static void add_record(struct loading *loading, const struct record *record)
{
	struct await_trace *trace = &loading->to->trace;
	void *records = trace->records;

	if (!grow(loading, &records, &loading->records_room, trace->count + 1,
		  sizeof(*record)))
		return;
	trace->records = records;
	trace->records[trace->count++] = *record;
}

/* Says where the await was made, or with file NULL only what runs. */
static void name_await(struct loading *loading, struct known_await *await,
		       const struct trace_event *event, const char *file)
{
	uint64_t origin = event_number(event, FIELD_ORIGIN);
	bool is_static = origin == AWAIT_TRACE_STATIC;
	const struct await_type type = { .name = event_string(event,
							      FIELD_TYPE) };
	const struct await_func func = {
		.name = event_string(event, FIELD_FUNCTION),
		.type = &type,
		.origin = is_static ? AWAIT_LAZY : (uint32_t)origin,
	};
	const struct await_site site = {
		.func = &func,
		.file = file,
		.line = file ? (uint32_t)event_number(event, FIELD_LINE) : 0,
		/* There is nothing to find at it. */
		.held_at = is_static,
	};

	await->site = known_site(&loading->to->known, &site);
	if (!await->site)
		loading->out_of_memory = true;
}

struct step {
	struct loading *loading;
	const struct trace_event *event;
	struct known_await *await;
	struct known_thread *thread;
	struct record *record;
};

static void on_create(const struct step *step)
{
	name_await(step->loading, step->await, step->event,
		   event_string(step->event, FIELD_FILE));
	step->thread->inside = event_number(step->event, FIELD_PARENT);
	step->record->parent = step->thread->inside;
	step->record->state =
		event_number(step->event, FIELD_ORIGIN) == AWAIT_NOWAIT ?
			AWAIT_RESOLVED :
			AWAIT_PENDING;
}

static void on_exec_begin(const struct step *step)
{
	struct known_await *await = step->await;

	if (!await->site)
		name_await(step->loading, await, step->event, NULL);
	await->outer = event_number(step->event, FIELD_PARENT);
	await->attempt = (uint8_t)event_number(step->event, FIELD_ATTEMPT);
	step->thread->inside = await->id;
	step->record->parent = await->outer;
	step->record->attempt = await->attempt;
	step->record->source = (uint8_t)event_number(step->event, FIELD_SOURCE);
	step->record->state = AWAIT_RUNNING;
}

static void on_exec_end(const struct step *step)
{
	step->thread->inside = step->await->outer;
	step->record->parent = step->await->outer;
	step->record->attempt = step->await->attempt;
	step->record->state = (uint8_t)event_number(step->event, FIELD_OUTCOME);
	step->record->error = (int32_t)event_number(step->event, FIELD_ERROR);
	step->record->latency_ns = event_number(step->event, FIELD_LATENCY);
}

static uint32_t origin_of(const struct known_await *await)
{
	return await->site ? await->site->func->origin : AWAIT_LAZY;
}

/* HIT, BLOCK_*, CYCLE and WAIT_END: a wait. */
static void on_wait(const struct step *step)
{
	step->thread->inside = event_number(step->event, FIELD_WAITER);
	step->record->parent = step->thread->inside;
	switch (step->record->type) {
	case AWAIT_EVENT_HIT:
		step->record->state = AWAIT_RESOLVED;
		break;
	case AWAIT_EVENT_WAIT_END:
		step->record->error =
			(int32_t)event_number(step->event, FIELD_ERROR);
		/* fallthrough */
	case AWAIT_EVENT_BLOCK_END:
		step->record->state =
			(uint8_t)event_number(step->event, FIELD_STATE);
		break;
	default:
		step->record->state = origin_of(step->await) == AWAIT_PROMISE ?
					      AWAIT_PENDING :
					      AWAIT_RUNNING;
	}
}

/* From outside: RESOLVE and CANCEL. */
static void on_settle(const struct step *step)
{
	step->thread->inside = event_number(step->event, FIELD_PARENT);
	step->record->parent = step->thread->inside;
	step->record->error = (int32_t)event_number(step->event, FIELD_ERROR);
	step->record->state =
		step->record->type == AWAIT_EVENT_CANCEL ?
			AWAIT_CANCELLED :
			(uint8_t)event_number(step->event, FIELD_OUTCOME);
}

static void on_start(const struct step *step)
{
	step->thread->inside = event_number(step->event, FIELD_PARENT);
	step->record->parent = step->thread->inside;
	step->record->state = AWAIT_PENDING;
}

/* "" of the state dump of an await without one. */
static void give_name(struct loading *loading, const struct trace_event *event,
		      uint64_t id)
{
	const char *name = event_string(event, FIELD_NAME);

	if (*name && !given_names_set(&loading->to->names, NULL, id, name))
		loading->out_of_memory = true;
}

/* The state that it is in, nobody has said. */
static void on_name(const struct step *step)
{
	step->thread->inside = event_number(step->event, FIELD_PARENT);
	step->record->parent = step->thread->inside;
	step->record->state = step->await->state;
	give_name(step->loading, step->event, step->record->id);
}

static void on_destroy(const struct step *step)
{
	step->record->parent = step->thread->inside;
	step->record->state = (uint8_t)event_number(step->event, FIELD_STATE);
}

static const struct kind {
	uint8_t type;
	void (*call)(const struct step *step);
} kinds[EVENT_KINDS] = {
	[EVENT_CREATE] = { AWAIT_EVENT_CREATE, on_create },
	[EVENT_EXEC_BEGIN] = { AWAIT_EVENT_EXEC_BEGIN, on_exec_begin },
	[EVENT_EXEC_END] = { AWAIT_EVENT_EXEC_END, on_exec_end },
	[EVENT_HIT] = { AWAIT_EVENT_HIT, on_wait },
	[EVENT_BLOCK_BEGIN] = { AWAIT_EVENT_BLOCK_BEGIN, on_wait },
	[EVENT_BLOCK_END] = { AWAIT_EVENT_BLOCK_END, on_wait },
	[EVENT_CYCLE] = { AWAIT_EVENT_CYCLE, on_wait },
	[EVENT_WAIT_END] = { AWAIT_EVENT_WAIT_END, on_wait },
	[EVENT_RESOLVE] = { AWAIT_EVENT_RESOLVE, on_settle },
	[EVENT_CANCEL] = { AWAIT_EVENT_CANCEL, on_settle },
	[EVENT_NAME] = { AWAIT_EVENT_NAME, on_name },
	[EVENT_START] = { AWAIT_EVENT_START, on_start },
	[EVENT_DESTROY] = { AWAIT_EVENT_DESTROY, on_destroy },
	/* Of these: */
	[EVENT_CREATE_STACK] = { AWAIT_EVENT_CREATE, NULL },
	[EVENT_EXEC_STACK] = { AWAIT_EVENT_EXEC_BEGIN, NULL },
	[EVENT_HIT_STACK] = { AWAIT_EVENT_HIT, NULL },
};

static void on_kind(struct loading *loading, const struct trace_event *event,
		    const struct kind *kind)
{
	struct known *known = &loading->to->known;
	struct record record = {
		.time_ns = (uint64_t)event->time,
		.id = event_number(event, FIELD_ID),
		.addr = event_number(event, FIELD_ADDR),
		.thread = (uint32_t)event->vtid,
		.type = kind->type,
	};
	const struct step step = {
		.loading = loading,
		.event = event,
		.await = known_await(known, record.id),
		.thread = known_thread(known, record.thread),
		.record = &record,
	};

	if (!step.await || !step.thread) {
		loading->out_of_memory = true;
		return;
	}
	kind->call(&step);
	record.site = step.await->site;
	step.await->state = record.state;
	if (event->clock >= loading->since)
		add_record(loading, &record);
}

/* The last event of that kind, await and thread, if it has no stack yet. */
static struct record *without_stack(const struct await_trace *trace,
				    const struct trace_event *event,
				    uint8_t type)
{
	uint64_t id = event_number(event, FIELD_ID);
	uint32_t thread = (uint32_t)event->vtid;

	for (size_t i = 0; i < FAR_BACK && i < trace->count; i++) {
		struct record *record = &trace->records[trace->count - 1 - i];

		if (record->id == id && record->thread == thread &&
		    record->type == type)
			return record->stack ? NULL : record;
	}
	return NULL;
}

/* The tracer lowers all addresses of a stack by one. */
static void on_stack(struct loading *loading, const struct trace_event *event,
		     uint8_t type)
{
	struct await_trace *trace = &loading->to->trace;
	struct record *record = without_stack(trace, event, type);
	size_t depth = event->depth;
	void *stacks = trace->stacks;

	if (!record || !depth || trace->stacks_used + depth >= UINT32_MAX)
		return;
	if (!grow(loading, &stacks, &loading->stacks_room,
		  trace->stacks_used + depth + 1, sizeof(*trace->stacks)))
		return;
	trace->stacks = stacks;
	record->stack = (uint32_t)trace->stacks_used + 1;
	trace->stacks[trace->stacks_used++] = depth;
	for (size_t i = 0; i < depth; i++)
		trace->stacks[trace->stacks_used++] = event->stack[i] + 1;
}

static void note_process(struct loading *loading, int64_t vpid)
{
	for (size_t i = 0; i < loading->vpid_count && i < PROCESSES_MAX; i++)
		if (loading->vpids[i] == vpid)
			return;
	if (loading->vpid_count < PROCESSES_MAX)
		loading->vpids[loading->vpid_count] = vpid;
	loading->vpid_count++;
	if (loading->vpid_known)
		return;
	loading->vpid = vpid;
	loading->vpid_known = true;
}

/* Whether the event is of a process that is asked for; notes its process. */
static bool is_asked_for(struct loading *loading,
			 const struct trace_event *event)
{
	note_process(loading, event->vpid);
	if (event->vpid != loading->vpid)
		return false;
	loading->has_vpid = true;
	loading->process = event->process;
	return true;
}

/* An await that is alive when the session starts: no event of its own. */
static void on_live(struct loading *loading, const struct trace_event *event)
{
	const char *file = event_string(event, FIELD_FILE);
	struct known_await *await;

	if (!is_asked_for(loading, event))
		return;
	await = known_await(&loading->to->known, event_number(event, FIELD_ID));
	give_name(loading, event, event_number(event, FIELD_ID));
	if (await && !await->state)
		await->state = (uint8_t)event_number(event, FIELD_STATE);
	if (!await)
		loading->out_of_memory = true;
	else if (!await->site || !await->site->file)
		name_await(loading, await, event, *file ? file : NULL);
}

/* Of a process that is asked for, or of the first one. */
static bool is_foreign(struct loading *loading, const struct trace_event *event)
{
	if (loading->vpid_known && event->vpid != loading->vpid)
		return false;
	return events_known(&fields_needed, &loading->seen, event,
			    &loading->why_foreign) != 0;
}

void events_take(void *data, const struct trace_event *event)
{
	struct loading *loading = data;
	const struct kind *kind = &kinds[event->kind];

	if (loading->out_of_memory || event->kind == EVENT_OTHER)
		return;
	loading->foreign = loading->foreign || is_foreign(loading, event);
	if (loading->foreign)
		return;
	if (kind->call && is_asked_for(loading, event))
		on_kind(loading, event, kind);
	else if (event->kind == EVENT_DUMP_LIVE)
		on_live(loading, event);
	else if (event->depth && event->vpid == loading->vpid)
		on_stack(loading, event, kind->type);
}

void events_mapped_file(void *data, const struct mapped_file *file)
{
	struct loading *loading = data;

	if (symbols_note(&loading->to->symbols, file))
		loading->out_of_memory = true;
}

void events_lost(void *data, uint64_t count)
{
	struct loading *loading = data;

	/* 0: the trace does not say how many. */
	loading->to->trace.lost += count ? count : 1;
}

void events_finish(struct loading *loading)
{
	const struct await_type type = { .name = "?" };
	const struct await_func func = { .name = "?", .type = &type };
	const struct await_site nameless = { .func = &func };
	struct await_trace *trace = &loading->to->trace;
	struct known *known = &loading->to->known;

	for (size_t i = 0; i < trace->count && !loading->out_of_memory; i++) {
		struct record *record = &trace->records[i];

		if (!record->site)
			record->site = known_await(known, record->id)->site;
		if (!record->site)
			record->site = known_site(known, &nameless);
		loading->out_of_memory = !record->site;
	}
}

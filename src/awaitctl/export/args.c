/* SPDX-License-Identifier: MIT */
/* See args.h. */
#include "awaitctl/export/args.h"

#include "common/await_text.h"

#include <inttypes.h>

static const char *const ends[] = {
	[ENDED_UNSEEN] = "not recorded",
	[ENDED_BY_PROCESS] = "with its process",
	[ENDED_BY_TRACE] = "after the recording",
};

static void put_await(const struct args *args, uint64_t id, const char *name,
		      const struct lives_site *site)
{
	char text[EXPORT_ID_SIZE], place[EXPORT_NAME_SIZE];

	args->text(args->data, "id", export_id(id, text));
	if (name)
		args->text(args->data, "name", name);
	if (!site)
		return;
	args->text(args->data, "function", site->function->name);
	args->text(args->data, "await_type", site->function->type);
	if (!site->file)
		return;
	snprintf(place, sizeof(place), "%s:%" PRIu32, site->file, site->line);
	args->text(args->data, "created_at", place);
}

static void put_state(const struct args *args, uint8_t state, int32_t error)
{
	char text[EXPORT_ERROR_SIZE];

	args->text(args->data, "state", state_name(state));
	if (error)
		args->text(args->data, "error", export_error(error, text));
}

void args_opened(const struct args *args, const struct frame *frame)
{
	put_await(args, frame->id, frame->name, frame->site);
	if (frame->attempt) {
		args->number(args->data, "attempt", frame->attempt);
		args->text(args->data, "run_by",
			   frame->by_start ? "start" : "wait");
	}
}

void args_closed(const struct args *args, const struct export *from,
		 const struct frame *frame)
{
	const struct lives_change *end = &frame->end;

	if (!frame->began_known)
		args->text(args->data, "beginning", "not recorded");
	else if (frame->began != frame->opened)
		args->number(args->data, "began_ns", frame->began - from->zero);
	if (frame->how != ENDED_SEEN) {
		args->text(args->data, "end", ends[frame->how]);
		return;
	}
	put_state(args, end->state, end->error);
	if (end->time != frame->closed)
		args->number(args->data, "ended_ns", end->time - from->zero);
	if (end->waker)
		args->number(args->data, "woken_by", end->waker->tid);
}

const char *args_change_name(enum change_kind kind)
{
	static const char *const names[CHANGES] = {
		[CHANGE_CREATED] = "create",   [CHANGE_HIT] = "hit",
		[CHANGE_WAIT_ENDED] = "wait",  [CHANGE_SETTLED] = "settle",
		[CHANGE_CANCELLED] = "cancel", [CHANGE_REFUSED] = "refuse",
	};

	return names[kind];
}

void args_change(const struct args *args, const struct lives_change *change)
{
	const struct lives_await *await = change->await;

	put_await(args, await->id, await->name, await->site);
	if (change->kind == CHANGE_WAIT_ENDED || change->kind == CHANGE_SETTLED)
		put_state(args, change->state, change->error);
}

void args_life(const struct args *args, const struct export *from,
	       const struct lives_change *end)
{
	const struct lives_await *await = end->await;

	put_await(args, await->id, await->name, await->site);
	if (!end->began_known)
		args->text(args->data, "beginning", "not recorded");
	if (end->end == ENDED_SEEN)
		put_state(args, end->state, 0);
	else
		args->text(args->data, "end", ends[end->end]);
	args->number(args->data, "runs", await->runs);
	args->number(args->data, "hits", (int64_t)await->hits);
	if (!from->lives->waits_unknown)
		args->number(args->data, "waits", (int64_t)await->waits);
}

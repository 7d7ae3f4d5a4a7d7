/* SPDX-License-Identifier: MIT */
/* A row for each await, when nothing more follows of it: docs/export.md. What
 * the trace does not tell is an empty field. */
#include "awaitctl/common/csv_put.h"
#include "awaitctl/common/say.h"
#include "awaitctl/export/format.h"
#include "awaitctl/export/notes.h"
#include "common/await_text.h"

#include <await/core.h>

#include <inttypes.h>
#include <stdlib.h>

struct moment_of {
	bool known;
	int64_t time;
};

/* What lives_await does not say of it. */
struct row {
	const struct lives_await *await;
	struct moment_of waited, ran, ended; /* the first time */
	bool settled;
	uint8_t state; /* enum await_state */
	int32_t error;
	uint64_t blocked;
};

static void note(struct moment_of *moment, int64_t time)
{
	if (!moment->known)
		*moment = (struct moment_of){ true, time };
}

static bool is_final(uint8_t state)
{
	return state == AWAIT_RESOLVED || state == AWAIT_FAILED ||
	       state == AWAIT_CANCELLED;
}

static void settle(struct row *row, uint8_t state, int32_t error)
{
	row->settled = true;
	row->state = state;
	row->error = state == AWAIT_FAILED ? error : 0;
}

static void note_run_end(struct row *row, const struct lives_change *change)
{
	if (change->end != ENDED_SEEN)
		return;
	settle(row, change->state, change->error);
	if (change->attempt != 1)
		return;
	if (change->began_known)
		note(&row->ran, change->began);
	note(&row->ended, change->time);
}

static void note_change(struct row *row, const struct lives_change *change)
{
	if (change->first_wait && change->await->created)
		note(&row->waited, change->time);
	switch (change->kind) {
	case CHANGE_RUN_BEGAN:
		if (change->attempt == 1)
			note(&row->ran, change->time);
		break;
	case CHANGE_RUN_ENDED:
		note_run_end(row, change);
		break;
	case CHANGE_SLEEP_ENDED:
		if (change->end == ENDED_SEEN && change->began_known)
			row->blocked +=
				(uint64_t)(change->time - change->began);
		break;
	case CHANGE_HIT:
		settle(row, AWAIT_RESOLVED, 0);
		break;
	case CHANGE_SETTLED:
		settle(row, change->state, change->error);
		break;
	case CHANGE_CANCELLED:
		settle(row, AWAIT_CANCELLED, 0);
		break;
	case CHANGE_WAIT_ENDED:
		if (is_final(change->state) && !row->settled)
			settle(row, change->state, change->error);
		break;
	default:
		break;
	}
}

static void put_text(const char *text, bool known, FILE *out)
{
	fputc(',', out);
	if (known)
		csv_put_text(text, out);
}

static void put_time(const struct export *to, int64_t time, bool known)
{
	fputc(',', to->out);
	if (known)
		fprintf(to->out, "%" PRId64, time - to->zero);
}

static void put_label(struct export *to, const struct lives_await *await)
{
	const struct lives_process *process = await->process;
	const struct lives_site *site = await->site;
	char id[EXPORT_ID_SIZE];

	csv_put_text(export_id(await->id, id), to->out);
	put_text(await->name, await->name, to->out);
	csv_put_known((uint64_t)process->vpid, process->vpid, to->out);
	put_text(process->host, *process->host, to->out);
	put_text(process->name, process->name, to->out);
	put_text(export_function(site), site, to->out);
	put_text(site ? site->function->type : "", site && await->site,
		 to->out);
	put_text(site ? site->file : "", site && site->file, to->out);
	csv_put_known(site ? site->line : 0, site && site->file, to->out);
}

/* The last that was known of it. */
static void put_outcome(struct export *to, const struct row *row,
			const struct lives_change *end)
{
	const struct lives_await *await = end->await;
	bool runs = await->running && !to->lives->ends_unknown;
	bool said = end->end == ENDED_SEEN && end->state == AWAIT_PENDING;

	put_text(runs	      ? "running" :
		 row->settled ? state_name(row->state) :
				"pending",
		 runs || row->settled || said, to->out);
	fputc(',', to->out);
	if (!runs && row->settled && row->error)
		fprintf(to->out, "%" PRId32, row->error);
}

static void put_row(struct export *to, const struct row *row,
		    const struct lives_change *end)
{
	static const char *const ends[] = { "drop", "drop", "process",
					    "trace" };
	const struct lives_await *await = end->await;
	bool waits = !to->lives->waits_unknown;
	char zero[EXPORT_ZERO_SIZE];

	put_label(to, await);
	put_time(to, await->created_at, await->created);
	put_time(to, row->waited.time, row->waited.known);
	put_time(to, row->ran.time, row->ran.known);
	put_time(to, row->ended.time, row->ended.known);
	put_outcome(to, row, end);
	csv_put_known(await->runs, true, to->out);
	csv_put_known(await->hits, true, to->out);
	csv_put_known(await->waits, waits, to->out);
	csv_put_known(row->blocked, waits, to->out);
	put_time(to, end->time, true);
	put_text(ends[end->end], true, to->out);
	put_text(export_zero(to, zero), true, to->out);
	fputs("\r\n", to->out);
}

static void begin(struct export *to)
{
	to->data = must_calloc(1, sizeof(struct table));
	fputs("id,name,pid,host,process,function,type,file,line,created_ns,"
	      "first_wait_ns,first_run_began_ns,first_run_ended_ns,outcome,"
	      "error,runs,hits,waits,blocked_ns,ended_ns,ended_by,time_0\r\n",
	      to->out);
}

static void take(struct export *to, struct track *track,
		 const struct lives_change *change)
{
	struct row *row = notes_of(to->data, change->await, sizeof(*row));

	(void)track;
	if (change->kind != CHANGE_END) {
		note_change(row, change);
		return;
	}
	if (change->end == ENDED_SEEN && is_final(change->state) &&
	    !row->settled)
		settle(row, change->state, 0);
	put_row(to, row, change);
	notes_drop(to->data, change->await);
}

static void end(struct export *to)
{
	notes_free(to->data);
	free(to->data);
}

const struct export_format format_csv = {
	.name = "csv",
	.begin = begin,
	.change = take,
	.end = end,
};

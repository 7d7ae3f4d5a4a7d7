/* SPDX-License-Identifier: MIT */
/*
 * For speedscope, by its schema: a profile for each thread, in which frames are
 * opened and closed in the order of time. They come with those of other threads
 * in between, so each thread's are kept apart until the end.
 */
#include "awaitctl/common/json_put.h"
#include "awaitctl/common/say.h"
#include "awaitctl/export/format.h"
#include "awaitctl/export/labels.h"
#include "awaitctl/export/spill.h"

#include <inttypes.h>
#include <stdlib.h>

struct step {
	int64_t at;
	size_t label;
	bool opens;
};

struct speedscope {
	struct spill spill;   /* steps; a track's data is its stream */
	struct labels labels; /* of sites */
	int64_t last;
};

static void begin(struct export *to)
{
	struct speedscope *file = to->data = must_calloc(1, sizeof(*file));

	spill_open(&file->spill);
}

static void put_step(struct export *to, struct track *track,
		     const struct frame *frame, bool opens, int64_t time)
{
	struct speedscope *file = to->data;
	const struct step step = {
		.at = time - to->zero,
		.label = labels_of(&file->labels, frame->site, frame->kind),
		.opens = opens,
	};

	if (!track->data)
		track->data = must_calloc(1, sizeof(struct spill_stream));
	if (step.at > file->last)
		file->last = step.at;
	spill_put(&file->spill, track->data, &step, sizeof(step));
}

static void opened(struct export *to, struct track *track, struct frame *frame,
		   const struct lives_change *by)
{
	(void)by;
	put_step(to, track, frame, true, frame->opened);
}

static void closed(struct export *to, struct track *track, struct frame *frame)
{
	put_step(to, track, frame, false, frame->closed);
}

static void put_profile(struct export *to, struct track *track, bool first)
{
	struct speedscope *file = to->data;
	char name[EXPORT_PROCESS_SIZE], whole[EXPORT_PROCESS_SIZE + 64];
	const char *between = "";
	struct step step;

	snprintf(whole, sizeof(whole), "%s, thread %" PRId64,
		 export_process(to, track->thread->process, name),
		 track->thread->tid);
	fprintf(to->out, "%s\n{\"type\": \"evented\"", first ? "" : ",");
	json_put_member("name", whole, to->out);
	fprintf(to->out,
		", \"unit\": \"nanoseconds\", \"startValue\": 0, "
		"\"endValue\": %" PRId64 ", \"events\": [",
		file->last);
	spill_rewind(&file->spill, track->data);
	while (spill_get(&file->spill, track->data, &step, sizeof(step))) {
		fprintf(to->out,
			"%s\n{\"type\": \"%c\", \"at\": %" PRId64
			", \"frame\": %zu}",
			between, step.opens ? 'O' : 'C', step.at, step.label);
		between = ",";
	}
	fputs("]}", to->out);
	spill_stream_free(track->data);
	free(track->data);
}

static void put_frames(const struct export *to, const struct labels *labels)
{
	fputs("], \"shared\": {\"frames\": [", to->out);
	for (size_t i = 0; i < labels->count; i++) {
		const struct lives_site *site = labels->all[i].of;
		bool sleeps = labels->all[i].kind == FRAME_SLEEP;
		char name[EXPORT_NAME_SIZE];

		snprintf(name, sizeof(name), "%s%s", sleeps ? "waits for " : "",
			 export_function(site));
		fputs(i ? ",\n{\"name\": " : "\n{\"name\": ", to->out);
		json_put_string(name, to->out);
		if (site && site->file) {
			json_put_member("file", site->file, to->out);
			fprintf(to->out, ", \"line\": %" PRIu32, site->line);
		}
		fputc('}', to->out);
	}
	fputs("]}}\n", to->out);
}

static void end(struct export *to)
{
	struct speedscope *file = to->data;
	char zero[EXPORT_ZERO_SIZE], name[EXPORT_ZERO_SIZE + 32];
	bool first = true;

	snprintf(name, sizeof(name), "awaits, from %s", export_zero(to, zero));
	fputs("{\"$schema\": "
	      "\"https://www.speedscope.app/file-format-schema.json\"",
	      to->out);
	json_put_member("exporter", "awaitctl", to->out);
	json_put_member("name", name, to->out);
	fputs(", \"profiles\": [", to->out);
	for (size_t i = 0; i < to->tracks->count; i++) {
		if (!to->tracks->all[i]->data)
			continue;
		put_profile(to, to->tracks->all[i], first);
		first = false;
	}
	put_frames(to, &file->labels);
	labels_free(&file->labels);
	spill_close(&file->spill);
	free(file);
}

const struct export_format format_speedscope = {
	.name = "speedscope",
	.by_thread = true,
	.begin = begin,
	.opened = opened,
	.closed = closed,
	.end = end,
};

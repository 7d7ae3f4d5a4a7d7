/* SPDX-License-Identifier: MIT */
/*
 * From a directory to a file. The trace is read twice: for which processes
 * count and when time 0 is, and then for what happens, which is written at
 * once.
 */
#include "awaitctl/export/export.h"

#include "awaitctl/common/say.h"
#include "awaitctl/common/signals.h"
#include "awaitctl/common/whole_file.h"
#include "awaitctl/export/format.h"
#include "awaitctl/read/doubts.h"
#include "awaitctl/read/recording.h"
#include "awaitctl/tracedir/filtered.h"
#include "common/await_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct export_format *const formats[] = {
	&format_perfetto,   &format_firefox, &format_folded,
	&format_speedscope, &format_dot,     &format_csv,
};

const struct export_format *export_format_named(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!strcmp(formats[i]->name, name))
			return formats[i];
	return NULL;
}

bool export_is_binary(const struct export_format *format)
{
	return format->binary;
}

/* --- what formats share --- */

const char *export_function(const struct lives_site *site)
{
	return site ? site->function->name : "(unknown)";
}

const char *export_process(const struct export *from,
			   const struct lives_process *process,
			   char text[EXPORT_PROCESS_SIZE])
{
	bool hosts = from->findings->several_hosts;

	snprintf(text, EXPORT_PROCESS_SIZE, "%s-%" PRId64 "%s%s",
		 process->name ? process->name : "process", process->vpid,
		 hosts ? "@" : "", hosts ? process->host : "");
	return text;
}

bool export_repeats(const struct export *from,
		    const struct lives_process *process)
{
	for (size_t i = 0; i < process->index; i++)
		if (from->lives->processes[i]->vpid == process->vpid)
			return true;
	return false;
}

const char *export_zero(const struct export *from, char text[EXPORT_ZERO_SIZE])
{
	int64_t ns = from->zero % 1000000000;
	time_t seconds;
	struct tm tm;
	size_t length;

	ns += ns < 0 ? 1000000000 : 0;
	seconds = (time_t)((from->zero - ns) / 1000000000);
	if (!gmtime_r(&seconds, &tm))
		return strcpy(text, "");
	length = strftime(text, EXPORT_ZERO_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + length, EXPORT_ZERO_SIZE - length, ".%09dZ", (int)ns);
	return text;
}

const char *export_error(int32_t error, char text[EXPORT_ERROR_SIZE])
{
	struct line line = line_begin(text, EXPORT_ERROR_SIZE);

	if (error)
		line_error_name(&line, error);
	line_end(&line);
	return text;
}

const char *export_id(uint64_t id, char text[EXPORT_ID_SIZE])
{
	struct line line = line_begin(text, EXPORT_ID_SIZE);

	line_id(&line, id);
	line_end(&line);
	return text;
}

/* --- the first reading --- */

static void note_time(struct export *to, int64_t time)
{
	if (time < to->zero)
		to->zero = time;
}

static int find_zero(void *data, const struct lives_change *change)
{
	struct export *to = data;

	note_time(to, change->time);
	if (change->began_known || change->began)
		note_time(to, change->began);
	if (change->await->dumped)
		note_time(to, change->await->process->dumped_at);
	return 0;
}

/* --- the second one --- */

static void on_opened(void *data, struct track *track, struct frame *frame,
		      const struct lives_change *by)
{
	struct export *to = data;

	if (to->format->opened)
		to->format->opened(to, track, frame, by);
}

static void on_closed(void *data, struct track *track, struct frame *frame)
{
	struct export *to = data;

	to->runs_cut += frame->kind == FRAME_RUN &&
			(frame->how == ENDED_UNSEEN || !frame->began_known);
	if (to->format->closed)
		to->format->closed(to, track, frame);
}

static int on_change(void *data, const struct lives_change *change)
{
	struct export *to = data;
	struct track *track = tracks_change(to->tracks, to->lives, change);

	to->threadless += !track && change->kind != CHANGE_END;
	if (to->format->change)
		to->format->change(to, track, change);
	return 0;
}

static void say_doubt(void *data, const char *name, const char *text)
{
	(void)data;
	(void)name;
	say("%s", text);
}

static void say_more(const struct export *to)
{
	const struct filtered *filtered = to->findings->filtered;

	if (filtered)
		say("recorded with the filter %s: what it hid is missing",
		    filtered->text);
	doubts_find(to->findings, say_doubt, NULL);
	if (to->format->by_thread && to->threadless)
		say("%" PRIu64 " events do not say of which thread they are, "
		    "and are left out",
		    to->threadless);
	if (to->format->by_thread && to->runs_cut)
		say("of %" PRIu64 " runs the beginning or the end was not "
		    "recorded: they are as long as their thread was seen in "
		    "them",
		    to->runs_cut);
}

static void write_to(struct export *to, struct reading *reading)
{
	struct lives again = { 0 };
	struct tracks tracks = { .opened = on_opened,
				 .closed = on_closed,
				 .data = to };

	to->lives = &again;
	to->tracks = &tracks;
	if (to->format->begin)
		to->format->begin(to);
	recording_tell(to->findings, reading, 0, &again, on_change, to);
	tracks_finish(&tracks, &again);
	if (to->format->end)
		to->format->end(to);
	tracks_free(&tracks);
	lives_free(&again);
}

struct task {
	const struct export_options *options;
	struct whole_file file;
};

static int export_to(struct reading *reading, void *data)
{
	struct task *task = data;
	struct findings findings = { .all = task->options->all };
	struct export to = { .format = task->options->format,
			     .out = task->file.out,
			     .findings = &findings,
			     .zero = INT64_MAX };
	struct trouble why;
	int status;

	findings.lives.told = find_zero;
	findings.lives.told_data = &to;
	status = recording_read(&findings, reading, 0, NULL);
	if (status)
		return status;
	if (whole_file_restart(&task->file, &why))
		return say_trouble(&why);
	write_to(&to, reading);
	say_more(&to);
	if (whole_file_commit(&task->file, &why))
		return say_trouble(&why);
	status = findings.damaged ? EXIT_FAILED : 0;
	findings_free(&findings);
	return status;
}

int export(const char *directory, const struct export_options *options)
{
	struct task task = { .options = options };
	struct trouble why;
	int status;

	/* From here on Ctrl-C leaves no temporary file. */
	signals_hold(false);
	if (whole_file_open(&task.file, options->file, &why))
		return say_trouble(&why);
	status = reading_do(&directory, 1, options->all, export_to, &task);
	whole_file_close(&task.file);
	return reading_exit(status);
}

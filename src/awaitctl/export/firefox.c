/* SPDX-License-Identifier: MIT */
/*
 * For the Firefox Profiler, its processed format, version 61: markers of each
 * thread, whose columns are arrays. So each thread's rows are kept apart until
 * the end, and are then read once for each column.
 */
#include "awaitctl/common/json_put.h"
#include "awaitctl/common/say.h"
#include "awaitctl/export/args.h"
#include "awaitctl/export/labels.h"
#include "awaitctl/export/spill.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION = 61, GECKO_VERSION = 31 };

/* As in the profiler's own format. */
enum phase { PHASE_INSTANT, PHASE_INTERVAL };
enum category { CATEGORY_OTHER, CATEGORY_RUN, CATEGORY_SLEEP, CATEGORY_EVENT };

struct mark {
	int64_t start, end;
	enum phase phase;
	enum category category;
	size_t name;
	size_t size; /* of its data, which follows it */
};

struct firefox {
	struct spill spill;  /* marks; a track's data is its stream */
	struct labels names; /* of functions; behind those of changes */
	int64_t last;
};

static void begin(struct export *to)
{
	struct firefox *file = to->data = must_calloc(1, sizeof(*file));

	spill_open(&file->spill);
}

/* --- data --- */

static void put_text_arg(void *data, const char *name, const char *value)
{
	json_put_member(name, value, data);
}

static void put_number_arg(void *data, const char *name, int64_t value)
{
	fprintf(data, ", \"%s\": %" PRId64, name, value);
}

struct text {
	char *bytes;
	size_t size;
};

static FILE *begin_data(struct text *text, const char *type)
{
	FILE *out = must(open_memstream(&text->bytes, &text->size));

	fputs("{\"type\": ", out);
	json_put_string(type, out);
	return out;
}

static void keep(struct export *to, struct track *track, struct mark mark,
		 FILE *data, const struct text *text)
{
	struct firefox *file = to->data;

	fputc('}', data);
	if (fclose(data))
		must(NULL);
	mark.size = text->size;
	if (mark.end > file->last)
		file->last = mark.end;
	if (!track->data)
		track->data = must_calloc(1, sizeof(struct spill_stream));
	spill_put(&file->spill, track->data, &mark, sizeof(mark));
	spill_put(&file->spill, track->data, text->bytes, text->size);
	free(text->bytes);
}

static void closed(struct export *to, struct track *track, struct frame *frame)
{
	struct firefox *file = to->data;
	bool runs = frame->kind == FRAME_RUN;
	const struct mark mark = {
		.start = frame->opened - to->zero,
		.end = frame->closed - to->zero,
		.phase = PHASE_INTERVAL,
		.category = runs ? CATEGORY_RUN : CATEGORY_SLEEP,
		.name = CHANGES +
			labels_of(&file->names,
				  frame->site ? frame->site->function->name :
						NULL,
				  frame->kind),
	};
	struct text text;
	FILE *data = begin_data(&text, runs ? "await-run" : "await-sleep");
	const struct args args = { data, put_text_arg, put_number_arg };

	args_opened(&args, frame);
	args_closed(&args, to, frame);
	keep(to, track, mark, data, &text);
}

static void take(struct export *to, struct track *track,
		 const struct lives_change *change)
{
	const struct mark mark = {
		.start = change->time - to->zero,
		.end = change->time - to->zero,
		.phase = PHASE_INSTANT,
		.category = CATEGORY_EVENT,
		.name = change->kind,
	};
	struct text text;
	struct args args;
	FILE *data;

	if (!track || !args_change_name(change->kind))
		return;
	data = begin_data(&text, "await-event");
	args = (struct args){ data, put_text_arg, put_number_arg };
	args_change(&args, change);
	keep(to, track, mark, data, &text);
}

/* --- the file --- */

static void put_ms(int64_t ns, FILE *out)
{
	fprintf(out, "%" PRId64 ".%06" PRId64, ns / 1000000, ns % 1000000);
}

enum column {
	COLUMN_START,
	COLUMN_END,
	COLUMN_PHASE,
	COLUMN_CATEGORY,
	COLUMN_NAME,
	COLUMN_DATA,
	COLUMNS
};

static void put_cell(const struct mark *mark, enum column column,
		     const char *data, FILE *out)
{
	if (column == COLUMN_START)
		put_ms(mark->start, out);
	else if (column == COLUMN_END && mark->phase == PHASE_INSTANT)
		fputs("null", out);
	else if (column == COLUMN_END)
		put_ms(mark->end, out);
	else if (column == COLUMN_PHASE)
		fprintf(out, "%d", (int)mark->phase);
	else if (column == COLUMN_CATEGORY)
		fprintf(out, "%d", (int)mark->category);
	else if (column == COLUMN_NAME)
		fprintf(out, "%zu", mark->name);
	else
		fwrite(data, 1, mark->size, out);
}

static size_t put_column(struct export *to, struct spill_stream *stream,
			 enum column column)
{
	struct firefox *file = to->data;
	struct mark mark;
	size_t count = 0;

	spill_rewind(&file->spill, stream);
	while (spill_get(&file->spill, stream, &mark, sizeof(mark))) {
		char *data = must(malloc(mark.size + 1));

		spill_get(&file->spill, stream, data, mark.size);
		if (count++)
			fputc(',', to->out);
		put_cell(&mark, column, data, to->out);
		free(data);
	}
	return count;
}

static void put_markers(struct export *to, struct spill_stream *stream)
{
	static const char *const names[COLUMNS] = { "startTime", "endTime",
						    "phase",	 "category",
						    "name",	 "data" };
	size_t count = 0;

	fputs(",\n\"markers\": {", to->out);
	for (enum column column = 0; column < COLUMNS; column++) {
		fprintf(to->out, "\"%s\": [", names[column]);
		count = put_column(to, stream, column);
		fputs("],\n", to->out);
	}
	fprintf(to->out, "\"length\": %zu}}", count);
}

static void put_thread(struct export *to, struct track *track)
{
	const struct lives_thread *thread = track->thread;
	char process[EXPORT_PROCESS_SIZE], name[64];
	int length;

	snprintf(name, sizeof(name), "thread %" PRId64, thread->tid);
	fputs("{\"processType\": \"default\", \"processStartupTime\": 0, "
	      "\"processShutdownTime\": null, \"registerTime\": 0, "
	      "\"unregisterTime\": null, \"pausedRanges\": [], "
	      "\"showMarkersInTimeline\": true",
	      to->out);
	json_put_member("name", name, to->out);
	json_put_member("processName",
			export_process(to, thread->process, process), to->out);
	length =
		snprintf(name, sizeof(name), "%" PRId64, thread->process->vpid);
	if (export_repeats(to, thread->process))
		snprintf(name + length, sizeof(name) - (size_t)length, ".%zu",
			 thread->process->index);
	json_put_member("pid", name, to->out);
	fprintf(to->out,
		", \"tid\": %" PRId64 ", \"isMainThread\": %s, "
		"\"samples\": {\"stack\": [], \"time\": [], \"weight\": null, "
		"\"weightType\": \"samples\", \"length\": 0}",
		thread->tid,
		thread->tid == thread->process->vpid ? "true" : "false");
	put_markers(to, track->data);
}

static void put_schema(const char *type, const char *label, FILE *out)
{
	static const char *const texts[] = {
		"id",	  "name",  "function", "await_type", "created_at",
		"run_by", "state", "error",    "end",	     "beginning",
	};
	static const char *const times[] = { "began_ns", "ended_ns" };

	fprintf(out,
		"{\"name\": \"%s\", \"display\": [\"marker-chart\", "
		"\"marker-table\", \"timeline-overview\"], "
		"\"tableLabel\": \"%s\", \"chartLabel\": \"%s\", "
		"\"tooltipLabel\": \"%s\", \"isStackBased\": true, "
		"\"fields\": [",
		type, label, label, label);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		fprintf(out, "{\"key\": \"%s\", \"format\": \"string\"},",
			texts[i]);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		fprintf(out, "{\"key\": \"%s\", \"format\": \"nanoseconds\"},",
			times[i]);
	fputs("{\"key\": \"attempt\", \"format\": \"integer\"},"
	      "{\"key\": \"woken_by\", \"format\": \"tid\"}]}",
	      out);
}

static void put_meta(const struct export *to)
{
	const struct firefox *file = to->data;
	char zero[EXPORT_ZERO_SIZE];

	fprintf(to->out,
		"{\"meta\": {\"version\": %d, "
		"\"preprocessedProfileVersion\": %d, \"interval\": 1, "
		"\"stackwalk\": 0, \"processType\": 0, \"product\": \"awaits\", "
		"\"importedFrom\": \"awaitctl\", \"symbolicated\": true, "
		"\"startTime\": ",
		GECKO_VERSION, VERSION);
	put_ms(to->zero > 0 ? to->zero : 0, to->out);
	fputs(", \"profilingStartTime\": 0, \"profilingEndTime\": ", to->out);
	put_ms(file->last, to->out);
	fputs(", \"categories\": ["
	      "{\"name\": \"Other\", \"color\": \"grey\", "
	      "\"subcategories\": [\"Other\"]},"
	      "{\"name\": \"Run\", \"color\": \"green\", "
	      "\"subcategories\": [\"Other\"]},"
	      "{\"name\": \"Sleeping wait\", \"color\": \"orange\", "
	      "\"subcategories\": [\"Other\"]},"
	      "{\"name\": \"Event\", \"color\": \"blue\", "
	      "\"subcategories\": [\"Other\"]}], \"extra\": "
	      "[{\"label\": \"Recording\", \"entries\": [{\"label\": \"time 0\", "
	      "\"format\": \"string\", \"value\": ",
	      to->out);
	json_put_string(export_zero(to, zero), to->out);
	fputs("}]}],\n\"markerSchema\": [", to->out);
	put_schema("await-run", "{marker.data.id}", to->out);
	fputs(",\n", to->out);
	put_schema("await-sleep", "{marker.data.id}", to->out);
	fputs(",\n", to->out);
	put_schema("await-event", "{marker.data.function} {marker.data.id}",
		   to->out);
	fputs("]},\n\"libs\": [], \"threads\": [", to->out);
}

static void put_name(const struct label *label, FILE *out)
{
	char name[EXPORT_NAME_SIZE];

	snprintf(name, sizeof(name), "%s%s",
		 label->kind == FRAME_SLEEP ? "waits for " : "",
		 label->of ? (const char *)label->of : export_function(NULL));
	json_put_string(name, out);
}

/* Names; and tables of call stacks, of which there are none. */
static void put_shared(const struct export *to)
{
	const struct firefox *file = to->data;

	fputs("],\n\"shared\": {\"stringArray\": [", to->out);
	for (enum change_kind kind = 0; kind < CHANGES; kind++) {
		const char *name = args_change_name(kind);

		/* No mark has the other numbers. */
		fputs(kind ? ", " : "", to->out);
		if (name)
			json_put_string(name, to->out);
		else
			fprintf(to->out, "\"unused %d\"", (int)kind);
	}
	for (size_t i = 0; i < file->names.count; i++) {
		fputs(",\n", to->out);
		put_name(&file->names.all[i], to->out);
	}
	fputs("],\n\"sources\": {\"id\": [], \"filename\": [], \"startLine\": [], "
	      "\"startColumn\": [], \"sourceMapURL\": [], \"length\": 0}, "
	      "\"stackTable\": {\"frame\": [], \"prefix\": [], \"length\": 0}, "
	      "\"frameTable\": {\"address\": [], \"inlineDepth\": [], "
	      "\"category\": [], \"subcategory\": [], \"func\": [], "
	      "\"nativeSymbol\": [], \"innerWindowID\": [], \"line\": [], "
	      "\"column\": [], \"length\": 0}, "
	      "\"funcTable\": {\"name\": [], \"isJS\": [], "
	      "\"relevantForJS\": [], \"resource\": [], \"source\": [], "
	      "\"lineNumber\": [], \"columnNumber\": [], \"length\": 0}, "
	      "\"resourceTable\": {\"lib\": [], \"name\": [], \"host\": [], "
	      "\"type\": [], \"length\": 0}, "
	      "\"nativeSymbols\": {\"libIndex\": [], \"address\": [], "
	      "\"name\": [], \"functionSize\": [], \"length\": 0}}}\n",
	      to->out);
}

static void end(struct export *to)
{
	struct firefox *file = to->data;
	bool first = true;

	put_meta(to);
	for (size_t i = 0; i < to->tracks->count; i++) {
		struct track *track = to->tracks->all[i];

		if (!track->data)
			continue;
		fputs(first ? "\n" : ",\n", to->out);
		put_thread(to, track);
		spill_stream_free(track->data);
		free(track->data);
		first = false;
	}
	put_shared(to);
	labels_free(&file->names);
	spill_close(&file->spill);
	free(file);
}

const struct export_format format_firefox = {
	.name = "firefox",
	.by_thread = true,
	.begin = begin,
	.closed = closed,
	.change = take,
	.end = end,
};

/* SPDX-License-Identifier: MIT */
/* See stacks_json.h. */
#include "awaitctl/report/stacks_json.h"

#include "awaitctl/common/json_put.h"

#include <inttypes.h>

struct list {
	FILE *out;
	bool any;
};

/* Nothing if there is none. */
static void put_id(const char *name, const uint8_t *id, size_t size, FILE *out)
{
	if (!size)
		return;
	fprintf(out, ", \"%s\": \"", name);
	for (size_t i = 0; i < size; i++)
		fprintf(out, "%02x", id[i]);
	fputc('"', out);
}

static void put_frame(void *data, const struct report_frame *frame)
{
	struct list *list = data;
	FILE *out = list->out;

	fprintf(out, "%s{\"address\": \"0x%" PRIx64 "\"", list->any ? ", " : "",
		frame->addr);
	list->any = true;
	if (frame->file) {
		json_put_member("file", frame->file->path, out);
		put_id("build_id", frame->file->build_id,
		       frame->file->build_id_size, out);
		fprintf(out, ", \"offset\": %" PRIu64, frame->offset);
	}
	if (frame->function)
		json_put_member("function", frame->function, out);
	if (frame->source) {
		json_put_member("source", frame->source, out);
		fprintf(out, ", \"line\": %d", frame->line);
	}
	fprintf(out, ", \"inlined\": %s}", frame->inlined ? "true" : "false");
}

void stacks_json_put(const struct symbols *symbols,
		     const struct lives_process *process,
		     const struct lives_stacks *stacks, unsigned of, FILE *out)
{
	static const char *const names[LIVES_STACKS] = {
		[STACK_CREATED] = "created",
		[STACK_FIRST_RUN] = "first_run",
		[STACK_RUN] = "run",
		[STACK_HIT] = "last_hit",
	};
	const char *before = "";

	if (!stacks)
		return;
	fputs(", \"stacks\": {", out);
	for (int i = 0; i < LIVES_STACKS; i++) {
		struct list list = { .out = out };

		if (!(of >> i & 1) || !stacks->of[i].stack)
			continue;
		fprintf(out, "%s\"%s\": {\"truncated\": %s, \"stack\": [",
			before, names[i],
			stacks->of[i].stack->truncated ? "true" : "false");
		frames_each(symbols, process, stacks, i, put_frame, &list);
		fputs("]}", out);
		before = ", ";
	}
	fputc('}', out);
}

void stacks_json_put_files(const struct symbols *symbols, FILE *out)
{
	static const char *const names[] = {
		[TRACED_OTHER] = "another-build",
		[TRACED_UNSURE] = "perhaps-another-build",
		[TRACED_GONE] = "gone",
	};
	char text[TRACED_FILE_PROBLEM];
	const char *before = "\n ";

	fputs(",\n\"files\": [", out);
	for (size_t i = 0; i < symbols->files.count; i++) {
		const struct traced_file *file = symbols->files.items[i];

		if (!traced_file_problem(file, text))
			continue;
		fprintf(out, "%s{\"name\": \"%s\"", before, names[file->state]);
		json_put_member("text", text, out);
		json_put_member("file", file->path, out);
		put_id("build_id", file->build_id, file->build_id_size, out);
		put_id("build_id_now", file->now, file->now_size, out);
		fputc('}', out);
		before = ",\n ";
	}
	fputc(']', out);
}

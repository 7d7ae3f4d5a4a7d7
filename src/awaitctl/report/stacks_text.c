/* SPDX-License-Identifier: MIT */
/* See stacks_text.h. */
#include "awaitctl/report/stacks_text.h"

#include "awaitctl/common/say.h"
#include "common/printable.h"

#include <inttypes.h>

static void add_frame(void *data, const struct report_frame *frame)
{
	struct text_table *table = data;

	text_table_add(table, "%s", "");
	text_table_add(table, "%s", "");
	text_table_add(table, "%s", "");
	text_table_add(table, "%s%s", frame->function ? frame->function : "?",
		       frame->inlined ? " (inlined)" : "");
	if (frame->source)
		text_table_add(table, "%s:%d", frame->source, frame->line);
	else if (frame->file)
		text_table_add(table, "%s+0x%" PRIx64,
			       symbols_file_name(frame->file), frame->offset);
	else
		text_table_add(table, "0x%" PRIx64, frame->addr);
}

static void print_stack(const struct symbols *symbols,
			const struct lives_process *process,
			const struct lives_stacks *stacks,
			enum lives_stack_of of, FILE *out)
{
	static const char *const heads[LIVES_STACKS] = {
		[STACK_CREATED] = "created by",
		[STACK_FIRST_RUN] = "first run by",
		[STACK_RUN] = "run by",
		[STACK_HIT] = "last hit by",
	};
	struct text_table table = { .align = "lllll" };

	fprintf(out, "    %s\n", heads[of]);
	frames_each(symbols, process, stacks, of, add_frame, &table);
	text_table_print(&table, out);
	if (stacks->of[of].stack->truncated)
		fputs("      ... and others, which were not recorded\n", out);
}

void stacks_text_below(struct text_table *table, const struct symbols *symbols,
		       const struct lives_process *process,
		       const struct lives_stacks *stacks, unsigned of)
{
	char *text = NULL;
	size_t size;
	FILE *out;

	if (!stacks)
		return;
	out = must(open_memstream(&text, &size));
	for (int i = 0; i < LIVES_STACKS; i++)
		if (of >> i & 1 && stacks->of[i].stack)
			print_stack(symbols, process, stacks, i, out);
	if (fclose(out))
		must(NULL);
	text_table_below(table, text);
}

void stacks_text_files(const struct symbols *symbols, FILE *out)
{
	char text[TRACED_FILE_PROBLEM];
	bool any = false;

	for (size_t i = 0; i < symbols->files.count; i++) {
		if (!traced_file_problem(symbols->files.items[i], text))
			continue;
		if (!any)
			fputs("\nFiles that are not what ran, or may not be\n",
			      out);
		any = true;
		printable_put(text, out);
		fputc('\n', out);
	}
}

/* SPDX-License-Identifier: MIT */
/* See row_text.h. */
#include "awaitctl/ps/row_text.h"

#include "common/await_text.h"
#include "common/printable.h"

#include <await/core.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { VALUE_MAX = 16 };

static void value(struct line *line, struct memory *memory, uint64_t at,
		  uint32_t size, uint32_t kind)
{
	bool read = kind != AWAIT_KIND_OPAQUE && size <= VALUE_MAX;
	uint8_t bytes[VALUE_MAX];
	char text[QUOTED_SIZE + 1];
	uint64_t string;

	if (!read || !memory_read(memory, at, bytes, size))
		line_value(line, AWAIT_KIND_OPAQUE, NULL, size);
	else if (kind != AWAIT_KIND_STRING || !value_word(bytes, size, &string))
		line_value(line, kind, bytes, size);
	else if (memory_string(memory, string, text, sizeof(text)))
		line_string(line, string, text, strlen(text));
	else
		line_string(line, string, NULL, 0);
}

struct reading {
	struct words *words;
	const struct view *view;
	struct view_row *row;
};

static uint64_t args_at(struct view_row *row)
{
	uint32_t state = view_state(row);

	if (state != AWAIT_RESOLVED && state != AWAIT_CANCELLED)
		return row->seen.address + row->site->func->args_offset;
	return slots_kept_args(&row->copy->slots, &row->seen);
}

static void call(struct words *words, struct view_row *row)
{
	struct memory *memory = row->copy->slots.memory;
	const struct names_func *func = row->site->func;
	struct line line = line_begin(words->call, sizeof(words->call));
	uint64_t args = func->origin == AWAIT_LAZY ? args_at(row) : 0;

	line_printable(&line, func->name, strlen(func->name));
	if (func->origin == AWAIT_LAZY)
		line_text(&line, args || !func->arg_count ? "(" : "(...");
	for (uint32_t i = 0; args && i < func->arg_count; i++) {
		const struct names_arg *arg = &func->args[i];

		line_text(&line, i ? ", " : "");
		value(&line, memory, args + arg->offset, arg->size, arg->kind);
	}
	if (func->origin == AWAIT_LAZY)
		line_char(&line, ')');
	line_end(&line);
}

static void alone(struct words *words, const struct view *view,
		  struct view_row *row)
{
	struct line line = line_begin(words->alone, sizeof(words->alone));

	if (row->site->func->origin == AWAIT_PROMISE &&
	    view_state(row) == AWAIT_PENDING)
		line_only_waiters(&line,
				  threads_only_waiters(&view->threads,
						       row->copy, &row->seen));
	line_end(&line);
}

/* Between two looks that find the await as it was seen. */
static void read_words(void *data)
{
	struct reading *reading = data;
	struct view_row *row = reading->row;
	struct line line = line_begin(reading->words->value, WORDS_MAX);
	const struct names_func *func = row->site->func;

	call(reading->words, row);
	if (view_state(row) == AWAIT_RESOLVED)
		value(&line, row->copy->slots.memory,
		      row->seen.address + func->value_offset, func->type.size,
		      func->type.kind);
	line_end(&line);
	alone(reading->words, reading->view, row);
	if (view_state(row) != AWAIT_RUNNING)
		return;
	reading->words->tid = threads_tid(
		row->copy, slots_owner(&row->copy->slots, &row->seen));
	reading->words->stop = slots_stop(&row->copy->slots, &row->seen);
}

void words_take(struct words *words, const struct view *view,
		struct view_row *row)
{
	struct reading reading = { words, view, row };

	*words = (struct words){ 0 };
	if (row->site->known)
		words->whole = slots_read(&row->copy->slots, &row->seen,
					  read_words, &reading);
	if (words->whole)
		return;
	*words = (struct words){ 0 };
	printable_copy(words->call, sizeof(words->call),
		       view_function(row->site));
}

void words_error_name(int32_t error, char name[32])
{
	struct line line = line_begin(name, 32);

	line_error_name(&line, error);
	line_end(&line);
}

void words_error(const struct view_row *row, char *text, size_t size)
{
	struct line line = line_begin(text, size);

	if (view_state(row) == AWAIT_FAILED && !row->seen.unsteady) {
		line_text(&line, ": ");
		line_error(&line, row->seen.error,
			   row->seen.serial & SERIAL_ATTEMPTS);
	}
	line_end(&line);
}

void words_id(uint64_t id, char text[32])
{
	struct line line = line_begin(text, 32);

	line_id(&line, id);
	line_end(&line);
}

void words_named_id(const struct process_copy *copy,
		    const struct slots_await *seen, char text[WORDS_ID_MAX])
{
	struct line line = line_begin(text, WORDS_ID_MAX);

	line_id(&line, seen->id);
	line_given_name(&line, given_names_find(&copy->given, seen->id));
	line_end(&line);
}

void words_site(const struct names_site *site, char *text, size_t size)
{
	const char *slash;

	if (!site->known) {
		snprintf(text, size, "0x%" PRIx64 " <unreadable>",
			 site->address);
		return;
	}
	slash = strrchr(site->file, '/');
	snprintf(text, size, "%s:%" PRIu32, slash ? slash + 1 : site->file,
		 site->line);
}

bool words_static(const struct view_row *row)
{
	return names_site_holds(&row->copy->names, row->site,
				row->seen.address);
}

void words_created(const struct view_row *row, char *text, size_t size)
{
	size_t used;

	words_site(row->site, text, size);
	used = strlen(text);
	if (words_static(row))
		snprintf(text + used, size - used, ", static %s",
			 row->site->function);
}

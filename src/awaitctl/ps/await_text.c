/* SPDX-License-Identifier: MIT */
/* See await_text.h. */
#define _GNU_SOURCE /* strerrorname_np */
#include "awaitctl/ps/await_text.h"

#include <await/core.h>

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CHARS_SHOWN = 32, VALUE_MAX = 16 };

/* Text of at most WORDS_MAX bytes that grows. */
struct line {
	char *text;
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void
line_add(struct line *line, const char *format, ...)
{
	size_t room = WORDS_MAX - line->length;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line->text + line->length, room, format, args);
	va_end(args);
	if (n > 0)
		line->length += (size_t)n < room ? (size_t)n : room - 1;
}

/* As a C literal. What is no ASCII stays as it is: it may be UTF-8. */
static void line_string(struct line *line, struct memory *memory, uint64_t at)
{
	char text[CHARS_SHOWN + 2];

	if (!memory_string(memory, at, text, sizeof(text))) {
		line_add(line, at ? "0x%" PRIx64 " <unreadable>" : "NULL", at);
		return;
	}
	line_add(line, "\"");
	for (size_t i = 0; text[i] && i < CHARS_SHOWN; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\n')
			line_add(line, "\\n");
		else if (c == '\t')
			line_add(line, "\\t");
		else if (c < ' ' || c == 0x7f)
			line_add(line, "\\%03o", c);
		else
			line_add(line, c == '"' || c == '\\' ? "\\%c" : "%c",
				 c);
	}
	line_add(line, strlen(text) > CHARS_SHOWN ? "\"..." : "\"");
}

static bool line_float(struct line *line, const uint8_t *bytes, uint32_t size)
{
	float f;
	double d;
	long double l;

	if (size == sizeof(f)) {
		memcpy(&f, bytes, sizeof(f));
		line_add(line, "%g", (double)f);
	} else if (size == sizeof(d)) {
		memcpy(&d, bytes, sizeof(d));
		line_add(line, "%g", d);
	} else if (size == sizeof(l)) {
		memcpy(&l, bytes, sizeof(l));
		line_add(line, "%Lg", l);
	} else {
		return false;
	}
	return true;
}

/* False when it is nothing with one machine word of value. */
static bool line_word(struct line *line, struct memory *memory,
		      const uint8_t *bytes, uint32_t size, uint32_t kind)
{
	uint64_t bits = 0;
	unsigned int unused = 64 - 8 * size;

	if (size == 0 || size > 8 || (size & (size - 1)) != 0)
		return false;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	memcpy((char *)&bits + 8 - size, bytes, size);
#else
	memcpy(&bits, bytes, size);
#endif
	switch (kind) {
	case AWAIT_KIND_BOOL:
		line_add(line, bits ? "true" : "false");
		return true;
	case AWAIT_KIND_SIGNED:
		line_add(line, "%" PRId64, (int64_t)(bits << unused) >> unused);
		return true;
	case AWAIT_KIND_UNSIGNED:
		line_add(line, "%" PRIu64, bits);
		return true;
	case AWAIT_KIND_STRING:
		line_string(line, memory, bits);
		return true;
	case AWAIT_KIND_POINTER:
		line_add(line, bits ? "0x%" PRIx64 : "NULL", bits);
		return true;
	default:
		return false;
	}
}

static void line_value(struct line *line, struct memory *memory, uint64_t at,
		       uint32_t size, uint32_t kind)
{
	uint8_t bytes[VALUE_MAX];

	if (kind != AWAIT_KIND_OPAQUE && size <= sizeof(bytes) &&
	    memory_read(memory, at, bytes, size) &&
	    (kind == AWAIT_KIND_FLOAT ?
		     line_float(line, bytes, size) :
		     line_word(line, memory, bytes, size, kind)))
		return;
	line_add(line, "{%" PRIu32 " byte%s}", size, size == 1 ? "" : "s");
}

struct reading {
	struct words *words;
	struct row *row;
};

static uint64_t args_at(struct row *row)
{
	uint32_t state = view_state(row);

	if (state != AWAIT_RESOLVED && state != AWAIT_CANCELLED)
		return row->seen.address + row->site->func->args_offset;
	return slots_kept_args(&row->copy->slots, &row->seen);
}

static void call(struct words *words, struct row *row)
{
	struct memory *memory = row->copy->slots.memory;
	const struct func *func = row->site->func;
	struct line line = { words->call, 0 };
	uint64_t args;

	line_add(&line, "%s", func->name);
	if (func->origin != AWAIT_LAZY)
		return;
	args = args_at(row);
	line_add(&line, args || !func->arg_count ? "(" : "(...");
	for (uint32_t i = 0; args && i < func->arg_count; i++) {
		const struct arg *arg = &func->args[i];

		line_add(&line, i ? ", " : "");
		line_value(&line, memory, args + arg->offset, arg->size,
			   arg->kind);
	}
	line_add(&line, ")");
}

/* Between two looks that find the await as it was seen. */
static void read_words(void *data)
{
	struct reading *reading = data;
	struct row *row = reading->row;
	struct line line = { reading->words->value, 0 };
	const struct func *func = row->site->func;

	call(reading->words, row);
	if (view_state(row) == AWAIT_RESOLVED)
		line_value(&line, row->copy->slots.memory,
			   row->seen.address + func->value_offset,
			   func->type.size, func->type.kind);
	if (view_state(row) == AWAIT_RUNNING)
		reading->words->tid = threads_tid(
			row->copy, seen_owner(&row->copy->slots, &row->seen));
}

void words_take(struct words *words, struct row *row)
{
	struct reading reading = { words, row };

	*words = (struct words){ 0 };
	if (row->site->known)
		words->whole = slots_read(&row->copy->slots, &row->seen,
					  read_words, &reading);
	if (words->whole)
		return;
	*words = (struct words){ 0 };
	snprintf(words->call, sizeof(words->call), "%s",
		 view_function(row->site));
}

void words_error_name(int32_t error, char name[32])
{
	const char *known =
		error < 0 && error > -4096 ? strerrorname_np(-error) : NULL;

	if (known)
		snprintf(name, 32, "-%s", known);
	else
		snprintf(name, 32, "%" PRId32, error);
}

void words_error(const struct row *row, char *text, size_t size)
{
	uint32_t attempts = row->seen.serial & SERIAL_ATTEMPTS;
	char name[32];

	*text = '\0';
	if (view_state(row) != AWAIT_FAILED || row->seen.unsteady)
		return;
	words_error_name(row->seen.error, name);
	if (attempts == 0) /* a promise */
		snprintf(text, size, ": %s", name);
	else
		snprintf(text, size, ": %s, %" PRIu32 "%s attempt%s", name,
			 attempts,
			 attempts == SERIAL_ATTEMPTS ? " or more" : "",
			 attempts == 1 ? "" : "s");
}

void words_id(uint64_t id, char text[32])
{
	if (id >> 32)
		snprintf(text, 32, "#%" PRIu32 ".%" PRIu32, (uint32_t)id,
			 (uint32_t)(id >> 32));
	else
		snprintf(text, 32, "#%" PRIu32, (uint32_t)id);
}

void words_site(const struct site *site, char *text, size_t size)
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

/* SPDX-License-Identifier: MIT */
/* See event_text.h. */
#include "libawait-test/records/event_text.h"

#include "common/assert.h"
#include "common/await_text.h"
#include "common/printable.h"
#include "libawait-test/records/functions.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CUT "..."

void text_add(struct text *text, const char *format, ...)
{
	size_t left = text->size - text->used;
	va_list arguments;
	int length;

	ASSERT(text->at && text->used < text->size);
	if (left <= 1)
		return;
	va_start(arguments, format);
	length = vsnprintf(text->at + text->used, left, format, arguments);
	va_end(arguments);
	if (length >= 0 && (size_t)length < left) {
		text->used += (size_t)length;
		return;
	}
	text->used = text->size - 1;
	if (text->size >= sizeof(CUT))
		memcpy(text->at + text->size - sizeof(CUT), CUT, sizeof(CUT));
}

void text_name(struct text *text, const char *name)
{
	char shown[4096];

	text_add(text, "%s", printable_copy(shown, sizeof(shown), name));
}

/* number is what stands for the id. */
static void add_id(struct text *text, const struct await_trace *trace,
		   uint64_t id, uint64_t number)
{
	const char *name = record_given_name(trace, id);
	char buffer[384]; /* of a name each byte may take four */
	struct line line = line_begin(buffer, sizeof(buffer));

	line_id(&line, number);
	if (name)
		line_given_name(&line, name);
	line_end(&line);
	text_add(text, "%s", buffer);
}

void text_id(struct text *text, uint64_t id)
{
	add_id(text, text->trace, id, id);
}

void text_error(struct text *text, int error)
{
	char buffer[128];
	struct line line = line_begin(buffer, sizeof(buffer));

	line_error(&line, error, 0);
	line_end(&line);
	text_add(text, "%s", buffer);
}

const char *text_file(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

void text_site(struct text *text, const struct await_site *site)
{
	if (!site->file) {
		text_add(text, "a place before the trace");
		return;
	}
	text_name(text, text_file(site->file));
	text_add(text, ":%u", site->line);
}

const char *text_verb(int type, int state)
{
	static const char *const verbs[AWAIT_EVENT_COUNT] = {
		[AWAIT_EVENT_CREATE] = "created",
		[AWAIT_EVENT_EXEC_BEGIN] = "begins",
		[AWAIT_EVENT_EXEC_END] = "ends",
		[AWAIT_EVENT_HIT] = "hit",
		[AWAIT_EVENT_BLOCK_BEGIN] = "blocks",
		[AWAIT_EVENT_BLOCK_END] = "wakes",
		[AWAIT_EVENT_CYCLE] = "refused",
		[AWAIT_EVENT_DESTROY] = "destroyed",
		[AWAIT_EVENT_RESOLVE] = "settled",
		[AWAIT_EVENT_CANCEL] = "cancelled",
		[AWAIT_EVENT_WAIT_END] = "waited",
		[AWAIT_EVENT_NAME] = "named",
		[AWAIT_EVENT_START] = "started",
	};
	bool run = type == AWAIT_EVENT_EXEC_END;

	if (run || type == AWAIT_EVENT_RESOLVE) {
		if (state == AWAIT_RESOLVED)
			return run ? "ran" : "resolved";
		if (state == AWAIT_FAILED)
			return run ? "failed" : "rejected";
	}
	return type >= 0 && type < AWAIT_EVENT_COUNT ? verbs[type] : NULL;
}

const char *text_function(const struct record *record)
{
	const char *name = record->site->func->name;

	return name ? name : "?";
}

/*
 * Threads are numbered in order of appearance, from 1. Reads the trace up to
 * the thread's first event only, and knows the first 64 threads; 0 or more than
 * 64 is no number.
 */
static unsigned thread_number(const struct await_trace *trace, uint32_t thread)
{
	uint32_t before[64];
	unsigned count = 0;

	for (size_t i = 0; i < trace->count; i++) {
		uint32_t at = trace->records[i].thread;
		unsigned known = 0;

		if (at == thread)
			return count + 1;
		while (known < count && before[known] != at)
			known++;
		if (known == count && count < 64)
			before[count++] = at;
	}
	return 0;
}

void text_thread(struct text *text, const struct await_trace *trace,
		 uint32_t thread)
{
	unsigned number = thread_number(trace, thread);

	if (number > 0 && number <= 64)
		text_add(text, "T%u (%u)", number, thread);
	else
		text_add(text, "thread %u", thread);
}

static void add_caller(struct text *text, const struct await_trace *trace,
		       const struct record *record)
{
	const char *name = NULL, *line = NULL;

	if (record->addr != 0) {
		name = functions_name(trace, record->time_ns, record->addr);
		line = functions_line(trace, record->time_ns, record->addr);
	}
	if (name) {
		text_add(text, " by ");
		text_name(text, name);
	}
	if (record->type == AWAIT_EVENT_CREATE) {
		text_add(text, " at ");
		text_site(text, record->site);
	} else if (line) {
		text_add(text, " at ");
		text_name(text, text_file(line));
	}
}

void text_what(struct text *text, const struct await_trace *trace,
	       const struct record *record, uint64_t id, uint64_t parent)
{
	const char *verb = text_verb(record->type, record->state);

	text_add(text, "%s ", verb ? verb : "?");
	text_name(text, text_function(record));
	text_add(text, " ");
	add_id(text, trace, record->id, id);
	if (record->error != 0) {
		text_add(text, ": ");
		text_error(text, record->error);
	}
	if (record->attempt > 1)
		text_add(text, " (attempt %u)", record->attempt);
	if (record->type == AWAIT_EVENT_EXEC_BEGIN &&
	    record->source == AWAIT_RUN_START)
		text_add(text, " (started)");
	if (parent != 0) {
		text_add(text, " in ");
		add_id(text, trace, record->parent, parent);
	}
}

void text_record(struct text *text, const struct await_trace *trace,
		 const struct record *record)
{
	text_what(text, trace, record, record->id, record->parent);
	add_caller(text, trace, record);
	text_add(text, " on ");
	text_thread(text, trace, record->thread);
}

void text_numbered(struct text *text, const struct await_trace *trace,
		   size_t index)
{
	text_add(text, "event %zu: ", index + 1);
	text_record(text, trace, &trace->records[index]);
}

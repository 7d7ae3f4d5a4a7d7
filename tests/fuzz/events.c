/* SPDX-License-Identifier: MIT */
/*
 * Events of a trace, as awaitctl report and libawait-test take them. An input
 * is a row of them: its kind, some flags, and numbers that its fields have,
 * whatever these are called.
 */
#define _GNU_SOURCE
#include "fuzz.h"

#include "awaitctl/read/findings.h"
#include "libawait-test/load/events.h"
#include "lives/unfinished.h"

#include <stdlib.h>
#include <string.h>

struct made_event {
	uint8_t kind, flags, vpid, vtid;
	uint8_t numbers[6];
	uint16_t time;
};

static const char *const texts[] = { "",       "f",   "g",
				     "a.c",    "int", "0123456789abcdef",
				     "\033[m", "f\n" };

/* Some are beyond what a field should hold. */
static uint64_t number_of(const struct made_event *made, int field)
{
	uint64_t number = made->numbers[field % 6];

	return number < 250 ? number : UINT64_MAX - (number - 250) * 0x01010101;
}

/* Some fields are absent, by two of the flags. */
static bool has(const struct made_event *made, int field)
{
	int flag = field < FIELD_NUMBERS ? 1 : 2;

	return !(made->flags & flag) || field % 2;
}

static void make_fields(const struct made_event *made,
			struct trace_event *event)
{
	for (int field = 0; field < FIELDS; field++) {
		bool there = has(made, field);

		event->has |= (uint32_t)there << field;
		if (field < FIELD_NUMBERS)
			event->numbers[field] =
				there ? number_of(made, field) : 0;
		else
			event->strings[field - FIELD_NUMBERS] =
				there ? texts[made->numbers[field % 6] % 8] :
					"";
	}
}

static struct mapped_file file_of(const struct made_event *made)
{
	return (struct mapped_file){
		.process = made->vpid % 8,
		.time = made->time,
		.base = number_of(made, 0),
		.size = number_of(made, 1),
		.path = made->flags & 8 ? texts[made->numbers[2] % 8] : NULL,
		.loaded = made->flags & 64,
		.unloaded = made->flags & 64,
		.dumped = made->flags & 128,
		.build_id_size = made->numbers[0] % MAPPED_FILE_BUILD_ID_MAX,
	};
}

static struct trace_event event_of(const struct made_event *made)
{
	static const uint64_t stack[70] = { 1, 2, 3 };
	struct trace_event event = {
		.kind = made->kind % EVENT_KINDS,
		.time = made->time,
		.clock = made->time,
		.process = made->vpid % 8,
		.vpid = made->vpid % 8,
		.vtid = made->vtid % 8,
		.host = "host",
		.session = made->flags & 16 ? "await-p-0123456789abcdef" : "",
		.stack = stack,
		.depth = made->numbers[5] % 70,
	};

	make_fields(made, &event);
	return event;
}

static void free_loaded(struct loading *loading)
{
	struct loaded *loaded = loading->to;

	known_free(&loaded->known);
	symbols_free(&loaded->symbols);
	given_names_free(&loaded->names);
	free(loaded->trace.records);
	free(loaded->trace.stacks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct loaded loaded = { 0 };
	struct loading loading = { .to = &loaded };
	struct findings findings = { .lives.slowest = 3 };
	struct lives_unfinished *unfinished;
	struct made_event made;
	size_t count;

	for (; size >= sizeof(made);
	     data += sizeof(made), size -= sizeof(made)) {
		struct mapped_file file;
		struct trace_event event;

		memcpy(&made, data, sizeof(made));
		file = file_of(&made);
		if (made.flags & 4)
			events_mapped_file(&loading, &file);
		if (made.flags & 128)
			symbols_program(&loaded.symbols, file.process,
					made.numbers[3]);
		mappings_find(&loaded.symbols.mappings, file.process, made.time,
			      number_of(&made, 4));
		event = event_of(&made);
		lives_event(&findings.lives, &event);
		events_take(&loading, &event);
		if (made.flags & 32) {
			lives_discarded(&findings.lives, made.time);
			events_lost(&loading, made.time);
		}
	}
	findings_finish(&findings);
	unfinished_find(&findings.lives, findings_count, &unfinished, &count);
	free(unfinished);
	assert(findings.counted <= findings.lives.process_count);
	assert(findings.sums.slow_count <= findings.lives.slowest);
	events_finish(&loading);
	free_loaded(&loading);
	findings_free(&findings);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Events of a trace, as awaitctl report and libawait-test take them. They stand
 * in for src/babeltrace/trace_event.c: an event is its kind, some flags, and
 * numbers that its fields have, whatever these are called.
 */
#define _GNU_SOURCE
#include "fuzz.h"

#include "awaitctl/common/say.h"
#include "awaitctl/report/model.h"
#include "awaitctl/report/model_unfinished.h"
#include "libawait-test/load/events.h"

#include <stdlib.h>
#include <string.h>

struct made_event {
	uint8_t kind, flags, vpid, vtid;
	uint8_t numbers[6];
	uint16_t time;
};

static const char *const kinds[] = {
	"create",
	"exec_begin",
	"exec_end",
	"hit",
	"block_begin",
	"block_end",
	"cycle",
	"wait_end",
	"resolve",
	"cancel",
	"start",
	"destroy",
	"statedump_live",
	"statedump_begin",
	"statedump_process",
	"create_stack",
	"exec_stack",
	"hit_stack",
	"name",
	"statedump_wait",
	"statedump_inherited",
	"process_child",
	"process_cut_off",
	"process_end",
};

static const char *const texts[] = { "",       "f",   "g",
				     "a.c",    "int", "0123456789abcdef",
				     "\033[m", "f\n" };

static size_t of_name(const char *field)
{
	size_t sum = 0;

	for (; *field; field++)
		sum += (unsigned char)*field;
	return sum;
}

uint64_t trace_number(const struct trace_event *event, const char *field)
{
	const struct made_event *made = event->payload;
	uint64_t number = made->numbers[of_name(field) % 6];

	/* Some are beyond what a field should hold. */
	return number < 250 ? number : UINT64_MAX - (number - 250) * 0x01010101;
}

const char *trace_string(const struct trace_event *event, const char *field)
{
	const struct made_event *made = event->payload;

	return texts[made->numbers[of_name(field) % 6] % 8];
}

bool trace_has_number(const struct trace_event *event, const char *field)
{
	return !(((const struct made_event *)event->payload)->flags & 1) ||
	       of_name(field) % 2;
}

bool trace_has_string(const struct trace_event *event, const char *field)
{
	return !(((const struct made_event *)event->payload)->flags & 2) ||
	       of_name(field) % 2;
}

size_t trace_numbers(const struct trace_event *event, const char *field,
		     uint64_t *numbers, size_t size)
{
	size_t count = trace_number(event, field) % 70;

	if (count > size)
		count = size;
	for (size_t i = 0; i < count; i++)
		numbers[i] = trace_number(event, "addr") + i;
	return count;
}

bool trace_mapped_file(const struct trace_event *event,
		       struct mapped_file *file)
{
	const struct made_event *made = event->payload;

	if (!(made->flags & 4))
		return false;
	*file = (struct mapped_file){
		.process = event->process,
		.time = event->time,
		.base = trace_number(event, "baddr"),
		.size = trace_number(event, "memsz"),
		.path = made->flags & 8 ? trace_string(event, "path") : NULL,
		.build_id_size = made->numbers[0] % MAPPED_FILE_BUILD_ID_MAX,
	};
	return true;
}

/* The command frees nothing: it ends. Here is what it has allocated. */
struct block {
	struct block *next;
	max_align_t memory[];
};
static struct block *blocks;

void *must_calloc(size_t count, size_t size)
{
	struct block *block = calloc(1, sizeof(*block) + count * size);

	if (!block)
		abort();
	block->next = blocks;
	blocks = block;
	return block->memory;
}

char *must_copy(const char *string)
{
	return strcpy(must_calloc(1, strlen(string) + 1), string);
}

void *must(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

static void free_model(struct model *model)
{
	unfinished_free(model);
	while (blocks) {
		struct block *next = blocks->next;

		free(blocks);
		blocks = next;
	}
	free(model->functions);
	free(model->awaits);
	free(model->processes);
	table_free(&model->by_name);
	table_free(&model->by_id);
	table_free(&model->strings);
	table_free(&model->by_number);
	free(model->children);
	free(model->ends);
}

static struct trace_event next_event(const struct made_event *made, char *name,
				     size_t size)
{
	size_t count = sizeof(kinds) / sizeof(kinds[0]);

	strncpy(name, "await:", size);
	strncat(name, kinds[made->kind % count], size - 7);
	return (struct trace_event){
		.name = name,
		.time = made->time,
		.clock = made->time,
		.process = made->vpid % 8,
		.vpid = made->vpid % 8,
		.vtid = made->vtid % 8,
		.host = "host",
		.session = made->flags & 16 ? "await-p-0123456789abcdef" : "",
		.payload = made,
	};
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
	static struct model model;
	struct model_unfinished *unfinished;
	struct made_event made;
	char name[64];

	model = (struct model){ 0 };
	for (; size >= sizeof(made);
	     data += sizeof(made), size -= sizeof(made)) {
		struct trace_event event;

		memcpy(&made, data, sizeof(made));
		event = next_event(&made, name, sizeof(name));
		model_event(&model, &event);
		events_take(&loading, &event);
		if (made.flags & 32) {
			model_discarded(&model, made.time);
			events_lost(&loading, made.time);
		}
	}
	model_finish(&model);
	unfinished_find(&model, &unfinished);
	free(unfinished);
	assert(model.counted <= model.process_count);
	events_finish(&loading);
	free_loaded(&loading);
	free_model(&model);
	return 0;
}

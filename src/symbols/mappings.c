/* SPDX-License-Identifier: MIT */
/* See mappings.h. */
#include "symbols/mappings.h"

#include "common/array.h"

#include <stdlib.h>

static bool same_place(const void *item, const void *key)
{
	const struct mapping *a = item, *b = key;

	return a->process == b->process && a->base == b->base;
}

/* The latest at the base, or where it is to be; NULL without memory. */
static struct mapping **latest_at(struct mappings *mappings,
				  const struct mapped_file *file)
{
	const struct mapping key = { .process = file->process,
				     .base = file->base };

	return (struct mapping **)table_place(
		&mappings->latest,
		hash_number((uint64_t)file->process, file->base), same_place,
		&key);
}

static struct mapping *latest_of(struct mappings *mappings,
				 const struct mapped_file *file)
{
	const struct mapping key = { .process = file->process,
				     .base = file->base };

	return table_find(&mappings->latest,
			  hash_number((uint64_t)file->process, file->base),
			  same_place, &key);
}

static struct mapping *make(struct mappings *mappings, struct traced_file *of,
			    const struct mapped_file *file)
{
	struct mapping **larger =
		array_grow(mappings->items, mappings->count, sizeof(*larger));
	struct mapping *made;

	if (!larger)
		return NULL;
	mappings->items = larger;
	made = malloc(sizeof(*made));
	if (!made)
		return NULL;
	*made = (struct mapping){
		.process = file->process,
		.time = file->time,
		.ended = INT64_MAX,
		.base = file->base,
		.size = file->size,
		.loaded = file->loaded,
		.file = of,
	};
	return larger[mappings->count++] = made;
}

static int add(struct mappings *mappings, struct traced_files *files,
	       const struct mapped_file *file)
{
	struct traced_file *of = traced_files_of(files, file->path, file);
	struct mapping *made = of ? make(mappings, of, file) : NULL;
	struct mapping **latest = made ? latest_at(mappings, file) : NULL;

	if (!latest)
		return -1;
	if (*latest && (*latest)->ended == INT64_MAX) {
		(*latest)->ended = file->time;
		/* LTTng notices both at once, and may tell of the file that is
		 * new before it tells of that which is gone. */
		made->replaces = file->loaded;
	}
	*latest = made;
	return 0;
}

static void end(struct mappings *mappings, const struct mapped_file *file)
{
	struct mapping *mapping = latest_of(mappings, file);

	if (!mapping || mapping->ended != INT64_MAX)
		return;
	if (mapping->replaces)
		mapping->replaces = false;
	else
		mapping->ended = file->time;
}

/* The latest of the process, before the first `count`; or NULL. */
static struct program *program_of(const struct mappings *mappings,
				  int64_t process, size_t *count)
{
	while (*count)
		if (mappings->programs[--*count].process == process)
			return &mappings->programs[*count];
	return NULL;
}

static int add_program(struct mappings *mappings, const struct program *program)
{
	struct program *larger = array_grow(
		mappings->programs, mappings->program_count, sizeof(*larger));

	if (!larger)
		return -1;
	mappings->programs = larger;
	larger[mappings->program_count++] = *program;
	return 0;
}

/* That of the latest program, if there was none yet. */
static int note_dump(struct mappings *mappings, const struct mapped_file *file)
{
	const struct program made = { .process = file->process,
				      .time = file->time,
				      .dumped = true };
	size_t count = mappings->program_count;
	struct program *latest = program_of(mappings, file->process, &count);

	if (!latest || latest->dumped)
		return add_program(mappings, &made);
	latest->dumped = true;
	return 0;
}

int mappings_program(struct mappings *mappings, int64_t process, int64_t began)
{
	const struct program made = {
		.process = process, .time = began, .began = began, .said = true
	};
	size_t count = mappings->program_count;
	struct program *latest = program_of(mappings, process, &count);
	struct program *before = program_of(mappings, process, &count);

	if (!latest || (latest->said && latest->began != began))
		return add_program(mappings, &made);
	if (latest->said)
		return 0;
	/* It was dumped before it said so; or once more, by a session. */
	latest->said = true;
	latest->began = began;
	if (began < latest->time &&
	    !(before && before->said && before->began == began))
		latest->time = began;
	return 0;
}

int mappings_note(struct mappings *mappings, struct traced_files *files,
		  const struct mapped_file *file)
{
	struct mapping *mapping;

	if (file->path)
		return add(mappings, files, file);
	if (file->dumped)
		return note_dump(mappings, file);
	if (file->unloaded) {
		end(mappings, file);
		return 0;
	}
	mapping = latest_of(mappings, file);
	if (!mapping)
		return 0;
	mapping->file = traced_files_of(files, mapping->file->path, file);
	return mapping->file ? 0 : -1;
}

/* What was mapped from since on, and before until, counts at that time. The
 * first dump may come after the first events. */
static void find_program(const struct mappings *mappings, int64_t process,
			 int64_t at, int64_t *since, int64_t *until)
{
	bool any = false;

	*since = INT64_MIN;
	*until = INT64_MAX;
	for (size_t i = 0; i < mappings->program_count; i++) {
		const struct program *program = &mappings->programs[i];

		if (program->process != process)
			continue;
		if (program->time > at && any) {
			*until = program->time;
			return;
		}
		if (any)
			*since = program->time;
		any = true;
	}
}

/* The last one that was recorded before; or, as the state is dumped while the
 * program runs already, the first one of a dump after it. */
const struct mapping *mappings_find(const struct mappings *mappings,
				    int64_t process, int64_t at, uint64_t addr)
{
	const struct mapping *before = NULL, *after = NULL;
	int64_t since, until;

	find_program(mappings, process, at, &since, &until);
	for (size_t i = 0; i < mappings->count; i++) {
		const struct mapping *mapping = mappings->items[i];

		if (mapping->process != process || mapping->time < since ||
		    mapping->time >= until ||
		    addr - mapping->base >= mapping->size)
			continue;
		if (mapping->time > at)
			after = after || mapping->loaded ? after : mapping;
		else if (mapping->ended > at)
			before = mapping;
	}
	return before ? before : after;
}

bool mappings_ran(const struct mappings *mappings,
		  const struct mapping *mapping, int64_t time)
{
	const struct program *of = NULL;

	for (size_t i = 0; i < mappings->program_count; i++) {
		const struct program *program = &mappings->programs[i];

		if (program->process == mapping->process &&
		    program->time <= mapping->time)
			of = program;
	}
	return of && of->said && of->began < time && time < mapping->time;
}

void mappings_free(struct mappings *mappings)
{
	for (size_t i = 0; i < mappings->count; i++)
		free(mappings->items[i]);
	free(mappings->items);
	free(mappings->programs);
	table_free(&mappings->latest);
	*mappings = (struct mappings){ 0 };
}

/* SPDX-License-Identifier: MIT */
/* See notes.h. */
#include "awaitctl/export/notes.h"

#include "awaitctl/common/say.h"

#include <stdlib.h>

static bool same(const void *item, const void *key)
{
	return *(const void *const *)item == key;
}

static uint64_t hash(const void *thing)
{
	return hash_number(0, (uintptr_t)thing);
}

void *notes_of(struct table *notes, const void *thing, size_t size)
{
	void **place = must(table_place(notes, hash(thing), same, thing));

	if (!*place) {
		*place = must_calloc(1, size);
		*(const void **)*place = thing;
	}
	return *place;
}

void *notes_find(const struct table *notes, const void *thing)
{
	return table_find(notes, hash(thing), same, thing);
}

void notes_drop(struct table *notes, const void *thing)
{
	free(table_remove(notes, hash(thing), same, thing));
}

void notes_free(struct table *notes)
{
	for (size_t i = 0; i < notes->size; i++)
		free(notes->slots[i].item);
	table_free(notes);
}

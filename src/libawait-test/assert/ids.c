/* SPDX-License-Identifier: MIT */
/* A hash table of awaits: open addressing, at most half full. */
#include "libawait-test/assert/claims.h"

#include <stdlib.h>

#define FIRST_ROOM 64

static struct id_value *slot_of(const struct ids *ids, uint64_t id)
{
	size_t at = (size_t)(id * 0x9e3779b97f4a7c15u >> 32) % ids->room;

	while (ids->slots[at].id != 0 && ids->slots[at].id != id)
		at = (at + 1) % ids->room;
	return &ids->slots[at];
}

static bool grow(struct ids *ids)
{
	struct ids grown = { .used = ids->used,
			     .room = ids->room ? 2 * ids->room : FIRST_ROOM };

	grown.slots = calloc(grown.room, sizeof(*grown.slots));
	if (!grown.slots)
		return false;
	for (size_t i = 0; i < ids->room; i++) {
		if (ids->slots[i].id != 0)
			*slot_of(&grown, ids->slots[i].id) = ids->slots[i];
	}
	free(ids->slots);
	*ids = grown;
	return true;
}

size_t *ids_at(struct ids *ids, uint64_t id, size_t value)
{
	struct id_value *slot;

	if (2 * ids->used >= ids->room && !grow(ids))
		return NULL;
	slot = slot_of(ids, id);
	if (slot->id == 0) {
		*slot = (struct id_value){ id, value };
		ids->used++;
	}
	return &slot->value;
}

const size_t *ids_find(const struct ids *ids, uint64_t id)
{
	const struct id_value *slot;

	if (ids->room == 0)
		return NULL;
	slot = slot_of(ids, id);
	return slot->id ? &slot->value : NULL;
}

void ids_free(struct ids *ids)
{
	free(ids->slots);
	*ids = (struct ids){ 0 };
}

/* SPDX-License-Identifier: MIT */
/* See given_names.h. */
#include "libawait-test/records/given_names.h"

#include <stdlib.h>
#include <string.h>

static bool has_id(const void *item, const void *id)
{
	return ((const struct given_name *)item)->id == *(const uint64_t *)id;
}

static void **place_of(struct given_names *names, uint64_t id)
{
	return table_place(&names->by_id, hash_number(0, id), has_id, &id);
}

static void end(struct given_name *given)
{
	if (given)
		free(given->name);
	free(given);
}

bool given_names_set(struct given_names *names, const struct await *aw,
		     uint64_t id, const char *name)
{
	struct given_name *made = malloc(sizeof(*made));
	void **place = made ? place_of(names, id) : NULL;
	char *copy = place ? strdup(name) : NULL;

	if (!copy) {
		free(made);
		return false;
	}
	end(*place);
	*made = (struct given_name){ id, aw, copy };
	*place = made;
	return true;
}

const char *given_names_find(const struct given_names *names, uint64_t id)
{
	const struct given_name *found =
		table_find(&names->by_id, hash_number(0, id), has_id, &id);

	return found ? found->name : NULL;
}

void given_names_sweep(struct given_names *names,
		       bool (*keep)(const struct given_name *name))
{
	struct given_names kept = { 0 };

	for (size_t i = 0; i < names->by_id.size; i++) {
		struct given_name *given = names->by_id.slots[i].item;
		void **place = given && keep(given) ?
				       place_of(&kept, given->id) :
				       NULL;

		if (place)
			*place = given;
		else
			end(given);
	}
	table_free(&names->by_id);
	*names = kept;
}

static bool none(const struct given_name *name)
{
	(void)name;
	return false;
}

void given_names_free(struct given_names *names)
{
	given_names_sweep(names, none);
}

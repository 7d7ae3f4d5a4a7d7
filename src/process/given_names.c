/* SPDX-License-Identifier: MIT */
/* See given_names.h. */
#include "process/given_names.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Of the table, in bytes: more than there are is damage. */
enum { TABLE_MAX = 1 << 24, READINGS = 3 };

static bool find_entries(struct memory *memory,
			 const struct await_debug_block *abi, uint64_t *at,
			 uint32_t *used)
{
	uint64_t table;

	if (!memory_read(memory, abi->names, &table, sizeof(table)) || !table ||
	    !memory_read(memory, table + abi->names_used, used, sizeof(*used)))
		return false;
	*at = table + abi->names_entries;
	return *used > 0 && *used <= TABLE_MAX / abi->names_stride;
}

static uint32_t version_in(const struct await_debug_block *abi,
			   const uint8_t *entry)
{
	return memory_u32(entry + abi->name_version);
}

/* False if it is not in use, or was written meanwhile. */
static bool take(const struct await_debug_block *abi, const uint8_t *before,
		 const uint8_t *entry, const uint8_t *after,
		 struct given_name *name)
{
	uint32_t size = abi->name_size < GIVEN_NAME_SIZE ? abi->name_size :
							   GIVEN_NAME_SIZE;

	if (version_in(abi, before) % 2 != 0 ||
	    version_in(abi, before) != version_in(abi, after))
		return false;
	name->id = memory_u64(entry + abi->name_id);
	memcpy(name->text, entry + abi->name_text, size);
	name->text[size - 1] = '\0';
	return name->id != 0;
}

static int by_id(const void *left, const void *right)
{
	const struct given_name *a = left, *b = right;

	return a->id < b->id ? -1 : a->id > b->id;
}

static bool read_thrice(struct memory *memory, uint64_t at, uint8_t *to,
			size_t size)
{
	for (size_t i = 0; i < READINGS; i++) {
		/* Acquire: orders loads, although the kernel does the copying;
		 * partner: the releases of write_entry() in the process that
		 * is read. */
		atomic_thread_fence(memory_order_acquire);
		if (!memory_read(memory, at, to + i * size, size))
			return false;
	}
	return true;
}

int given_names_read(struct given_names *names, struct memory *memory,
		     const struct layout *layout)
{
	const struct await_debug_block *abi = &layout->abi;
	uint64_t at;
	uint32_t used;
	size_t size;
	uint8_t *all;

	*names = (struct given_names){ 0 };
	if (!layout->names || !find_entries(memory, abi, &at, &used))
		return 0;
	size = (size_t)used * abi->names_stride;
	all = malloc(READINGS * size);
	names->names = calloc(used, sizeof(*names->names));
	if (all && names->names && read_thrice(memory, at, all, size))
		for (size_t i = 0; i < size; i += abi->names_stride)
			names->count += take(abi, all + i, all + size + i,
					     all + 2 * size + i,
					     &names->names[names->count]);
	if (names->count > 0)
		qsort(names->names, names->count, sizeof(*names->names), by_id);
	free(all);
	return all && names->names ? 0 : -1;
}

void given_names_free(struct given_names *names)
{
	free(names->names);
}

const char *given_names_find(const struct given_names *names, uint64_t id)
{
	const struct given_name key = { .id = id };
	const struct given_name *found = NULL;

	if (names->count > 0)
		found = bsearch(&key, names->names, names->count, sizeof(key),
				by_id);
	return found ? found->text : "";
}

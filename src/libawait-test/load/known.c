/* SPDX-License-Identifier: MIT */
/* See known.h. */
#include "libawait-test/load/known.h"

#include <stdlib.h>
#include <string.h>

struct block {
	struct block *next;
	max_align_t memory[];
};

/* A site made of what a trace says: the type and function behind it have names
 * only. */
struct made_site {
	struct await_site site; /* first: tables hold its address */
	struct await_func func;
	struct await_type type;
};

static void *add_block(struct known *known, size_t size)
{
	struct block *block = calloc(1, sizeof(*block) + size);

	if (!block)
		return NULL;
	block->next = known->blocks;
	known->blocks = block;
	return block->memory;
}

static const char *copy(struct known *known, const char *string)
{
	size_t size = string ? strlen(string) + 1 : 0;
	char *memory = string ? add_block(known, size) : NULL;

	return memory ? memcpy(memory, string, size) : NULL;
}

static bool same_await(const void *item, const void *key)
{
	return ((const struct known_await *)item)->id == *(const uint64_t *)key;
}

struct known_await *known_await(struct known *known, uint64_t id)
{
	void **place = table_place(&known->awaits, hash_number(0, id),
				   same_await, &id);
	struct known_await *await;

	if (!place || *place)
		return place ? *place : NULL;
	*place = await = add_block(known, sizeof(*await));
	if (await)
		await->id = id;
	return await;
}

static bool same_thread(const void *item, const void *key)
{
	return ((const struct known_thread *)item)->id ==
	       *(const uint32_t *)key;
}

struct known_thread *known_thread(struct known *known, uint32_t id)
{
	void **place = table_place(&known->threads, hash_number(0, id),
				   same_thread, &id);
	struct known_thread *thread;

	if (!place || *place)
		return place ? *place : NULL;
	*place = thread = add_block(known, sizeof(*thread));
	if (thread)
		thread->id = id;
	return thread;
}

static bool same_string(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_site(const void *item, const void *key)
{
	const struct await_site *a = item, *b = key;

	return a->line == b->line && a->held_at == b->held_at &&
	       a->func->origin == b->func->origin &&
	       same_string(a->file, b->file) &&
	       same_string(a->func->name, b->func->name) &&
	       same_string(a->func->type->name, b->func->type->name);
}

static uint64_t hash_site(const struct await_site *site)
{
	uint64_t hash = hash_number(site->func->origin, site->line);

	hash = hash_string(hash, site->func->name);
	hash = hash_string(hash, site->func->type->name);
	return hash_string(hash, site->file ? site->file : "");
}

static const struct await_site *make_site(struct known *known,
					  const struct await_site *like)
{
	struct made_site *made = add_block(known, sizeof(*made));

	if (!made)
		return NULL;
	made->type.name = copy(known, like->func->type->name);
	made->type.spelling = made->type.name;
	made->func.name = copy(known, like->func->name);
	made->func.type = &made->type;
	made->func.origin = like->func->origin;
	made->site.func = &made->func;
	made->site.file = copy(known, like->file);
	made->site.line = like->line;
	made->site.held_at = like->held_at;
	made->site.function = "?";
	if (!made->type.name || !made->func.name ||
	    (like->file && !made->site.file))
		return NULL;
	return &made->site;
}

const struct await_site *known_site(struct known *known,
				    const struct await_site *like)
{
	void **place =
		table_place(&known->sites, hash_site(like), same_site, like);

	if (place && !*place)
		*place = (void *)make_site(known, like);
	return place ? *place : NULL;
}

void known_free(struct known *known)
{
	while (known->blocks) {
		struct block *next = known->blocks->next;

		free(known->blocks);
		known->blocks = next;
	}
	table_free(&known->awaits);
	table_free(&known->sites);
	table_free(&known->threads);
}

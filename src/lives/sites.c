/* SPDX-License-Identifier: MIT */
/* See sites.h. What is kept is compared by its address. */
#include "lives/sites.h"

#include "common/array.h"

#include <stdlib.h>
#include <string.h>

static bool same_string(const void *item, const void *key)
{
	return strcmp(item, key) == 0;
}

const char *sites_keep(struct lives *lives, const char *string)
{
	uint64_t hash = hash_string(0, string);
	char *kept = table_find(&lives->strings, hash, same_string, string);
	void **place;

	if (kept)
		return kept;
	kept = strdup(string);
	place = kept ? table_place(&lives->strings, hash, same_string, string) :
		       NULL;
	if (!place) {
		free(kept);
		return NULL;
	}
	return *place = kept;
}

static bool same_function(const void *item, const void *key)
{
	const struct lives_function *a = item, *b = key;

	return a->process == b->process && a->name == b->name &&
	       a->type == b->type;
}

struct lives_function *sites_function(struct lives *lives,
				      struct lives_process *process,
				      const char *name, const char *type)
{
	struct lives_function key = { .process = process,
				      .name = sites_keep(lives, name),
				      .type = sites_keep(lives, type) };
	struct lives_function *function, **larger;
	void **place = NULL;
	uint64_t hash;

	if (!key.name || !key.type)
		return NULL;
	hash = hash_number((uintptr_t)process, (uintptr_t)key.name);
	hash = hash_number(hash, (uintptr_t)key.type);
	function = table_find(&lives->by_function, hash, same_function, &key);
	if (function)
		return function;
	function = malloc(sizeof(*function));
	larger = array_grow(lives->functions, lives->function_count,
			    sizeof(*larger));
	if (larger)
		lives->functions = larger;
	if (function && larger)
		place = table_place(&lives->by_function, hash, same_function,
				    &key);
	if (!place) {
		free(function);
		return NULL;
	}
	*function = key;
	lives->functions[lives->function_count++] = function;
	return *place = function;
}

static bool same_site(const void *item, const void *key)
{
	const struct lives_site *a = item, *b = key;

	return a->function == b->function && a->file == b->file &&
	       a->line == b->line;
}

struct lives_site *sites_site(struct lives *lives,
			      struct lives_function *function, const char *file,
			      uint32_t line)
{
	struct lives_site key = { .function = function,
				  .file = file ? sites_keep(lives, file) : NULL,
				  .line = line };
	struct lives_site *site, **larger;
	void **place = NULL;
	uint64_t hash;

	if (!function || (file && !key.file))
		return NULL;
	hash = hash_number((uintptr_t)function, (uintptr_t)key.file);
	hash = hash_number(hash, line);
	site = table_find(&lives->by_site, hash, same_site, &key);
	if (site)
		return site;
	site = malloc(sizeof(*site));
	larger = array_grow(lives->sites, lives->site_count, sizeof(*larger));
	if (larger)
		lives->sites = larger;
	if (site && larger)
		place = table_place(&lives->by_site, hash, same_site, &key);
	if (!place) {
		free(site);
		return NULL;
	}
	*site = key;
	site->left_out = lives->choice.site &&
			 !lives->choice.site(lives->choice.data, site);
	lives->sites[lives->site_count++] = site;
	return *place = site;
}

struct lives_site *sites_unknown(struct lives *lives,
				 struct lives_process *process)
{
	return sites_site(lives,
			  sites_function(lives, process, "(unknown)", ""), NULL,
			  0);
}

void sites_free(struct lives *lives)
{
	for (size_t i = 0; i < lives->site_count; i++) {
		figures_free(&lives->sites[i]->figures);
		free(lives->sites[i]);
	}
	for (size_t i = 0; i < lives->function_count; i++) {
		figures_free(&lives->functions[i]->figures);
		free(lives->functions[i]);
	}
	for (size_t i = 0; i < lives->strings.size; i++)
		free(lives->strings.slots[i].item);
	free(lives->sites);
	free(lives->functions);
	table_free(&lives->strings);
	table_free(&lives->by_function);
	table_free(&lives->by_site);
}

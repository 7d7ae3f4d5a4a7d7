/* SPDX-License-Identifier: MIT */
/*
 * Finds out at exit whether a site that sites.c remembers is still mapped. It
 * is if all that was copied of it is still at its address, in an object of the
 * same name. Its library may have been unloaded and another one mapped in its
 * place; another thread may even be doing so now. So everything is read with
 * peek().
 */
#define _GNU_SOURCE /* _dl_find_object */
#include "libawait/diag/site_mapped.h"

#include "libawait/inspect/loaded_object.h"
#include "libawait/inspect/peek.h"

#include <link.h>
#include <string.h>

/* Whether the string at this address is equal to text. */
static bool string_at_is(const char *at, const char *text)
{
	size_t left = strlen(text) + 1;
	char now[128];

	if (!at)
		at = NO_NAME;
	while (left > 0) {
		size_t n = left < sizeof(now) ? left : sizeof(now);

		if (!peek_all(now, at, n) || memcmp(now, text, n) != 0)
			return false;
		at += n;
		text += n;
		left -= n;
	}
	return true;
}

static bool object_at_is(const void *address, const char *name)
{
	struct dl_find_object found;
	struct link_map map;

	if (!loaded_object_find(&found, address))
		return *name == '\0';
	return peek_all(&map, found.dlfo_link_map, sizeof(map)) &&
	       string_at_is(map.l_name, name);
}

bool site_is_mapped(const struct known_site *known)
{
	const char *const *names = known->names;
	struct descriptor d = { .at = NULL };

	/* The object is compared first: if that is gone, nothing else is
	 * read. */
	return object_at_is(known->at, names[NAME_OBJECT]) &&
	       descriptor_load(&d, known->at) &&
	       memcmp(&d.site, &known->was, sizeof(d.site)) == 0 &&
	       string_at_is(d.type.name, names[NAME_TYPE]) &&
	       string_at_is(d.func.name, names[NAME_FUNC]) &&
	       string_at_is(d.site.file, names[NAME_FILE]) &&
	       string_at_is(d.site.function, names[NAME_FUNCTION]);
}

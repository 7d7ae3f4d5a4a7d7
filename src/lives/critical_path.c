/* SPDX-License-Identifier: MIT */
/* See critical_path.h. */
#include "lives/critical_path.h"

#include "common/array.h"

#include <stdlib.h>

static bool is_part(const struct critical_part *part,
		    const struct lives_site *site, bool slept)
{
	return part->site == site && part->slept == slept;
}

int critical_path_add(struct critical_path *path, const struct lives_site *site,
		      bool slept, uint64_t ns)
{
	struct critical_part *larger;
	size_t i = path->latest;

	if (i >= path->count || !is_part(&path->parts[i], site, slept))
		for (i = 0; i < path->count; i++)
			if (is_part(&path->parts[i], site, slept))
				break;
	if (i == path->count) {
		larger = array_grow(path->parts, path->count, sizeof(*larger));
		if (!larger)
			return -1;
		path->parts = larger;
		larger[path->count++] =
			(struct critical_part){ .site = site, .slept = slept };
	}
	path->latest = i;
	path->parts[i].ns += ns;
	return 0;
}

int critical_path_add_all(struct critical_path *to,
			  const struct critical_path *from)
{
	for (size_t i = 0; i < from->count; i++)
		if (critical_path_add(to, from->parts[i].site,
				      from->parts[i].slept, from->parts[i].ns))
			return -1;
	return 0;
}

struct critical_path *critical_path_begin(struct critical_path *before,
					  const struct lives_thread *first)
{
	struct critical_path *path = malloc(sizeof(*path));

	if (!path)
		return NULL;
	*path = (struct critical_path){ .before = before,
					.users = 1,
					.first = first };
	if (before)
		before->users++;
	return path;
}

void critical_path_free(struct critical_path *path)
{
	while (path && --path->users == 0) {
		struct critical_path *before = path->before;

		free(path->parts);
		free(path);
		path = before;
	}
}

int critical_path_fold(struct critical_path *path)
{
	for (; path; path = path->before)
		while (path->before && path->before->users == 1) {
			struct critical_path *before = path->before;

			if (critical_path_add_all(path, before))
				return -1;
			path->before = before->before;
			before->before = NULL;
			critical_path_free(before);
		}
	return 0;
}

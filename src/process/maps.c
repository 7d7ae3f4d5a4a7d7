/* SPDX-License-Identifier: MIT */
/* See maps.h. */
#define _GNU_SOURCE
#include "process/maps.h"

#include "common/array.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* False for a mapping without a file. */
static bool parse(struct map *map, char *line)
{
	unsigned int major, minor;
	char flags[5];
	int path = 0;

	*map = (struct map){ 0 };
	if (sscanf(line,
		   "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64
		   " %n",
		   &map->start, &map->end, flags, &map->offset, &major, &minor,
		   &map->inode, &path) != 7 ||
	    map->inode == 0 || !path)
		return false;
	map->device = (uint64_t)major << 32 | minor;
	map->readable = flags[0] == 'r';
	map->executable = flags[2] == 'x';
	line[strcspn(line, "\n")] = '\0';
	map->path = line + path;
	return true;
}

static int add(struct maps *maps, const struct map *map)
{
	struct map *larger =
		array_grow(maps->maps, maps->count, sizeof(*larger));

	if (!larger)
		return -1;
	maps->maps = larger;
	maps->maps[maps->count] = *map;
	maps->maps[maps->count].path = strdup(map->path);
	return maps->maps[maps->count++].path ? 0 : -1;
}

int maps_read(struct maps *maps, pid_t pid, struct trouble *why)
{
	char name[64], *line = NULL;
	size_t room = 0;
	struct map map;
	FILE *file;
	int rc = 0;

	*maps = (struct maps){ 0 };
	snprintf(name, sizeof(name), "/proc/%d/maps", (int)pid);
	file = fopen(name, "re");
	if (!file)
		return trouble(why, "cannot read %s: %s", name,
			       strerror(errno));
	while (!rc && getline(&line, &room, file) >= 0)
		if (parse(&map, line))
			rc = add(maps, &map);
	free(line);
	fclose(file);
	return rc ? trouble(why, "out of memory") : 0;
}

void maps_free(struct maps *maps)
{
	for (size_t i = 0; i < maps->count; i++)
		free(maps->maps[i].path);
	free(maps->maps);
	*maps = (struct maps){ 0 };
}

void maps_name(const struct map *map, char *name, size_t size)
{
	static const char deleted[] = " (deleted)";
	const char *slash = strrchr(map->path, '/');
	size_t length;

	snprintf(name, size, "%s", slash ? slash + 1 : map->path);
	length = strlen(name);
	if (length >= sizeof(deleted) &&
	    !strcmp(name + length - (sizeof(deleted) - 1), deleted))
		name[length - (sizeof(deleted) - 1)] = '\0';
}

/* SPDX-License-Identifier: MIT */
/*
 * What files a process has mapped where: /proc/PID/maps, without what is not
 * of a file.
 */
#pragma once

#include "process/procmem.h"

struct map {
	uint64_t start, end;
	uint64_t offset; /* in the file */
	uint64_t device, inode;
	bool readable, executable;
	char *path; /* as the process sees it, perhaps with " (deleted)" */
};

struct maps {
	struct map *maps;
	size_t count;
};

/* Returns 0 or -1. To be freed even then. */
int maps_read(struct maps *maps, pid_t pid, struct trouble *why);
void maps_free(struct maps *maps);

/* The last part of a path, without " (deleted)": size bytes at most. */
void maps_name(const struct map *map, char *name, size_t size);

/* SPDX-License-Identifier: MIT */
/*
 * The files that a process has mapped, from /proc/PID/maps. Mappings without a
 * file are left out.
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

/* Returns 0 or -1; free them either way. */
int maps_read(struct maps *maps, pid_t pid, struct trouble *why);
void maps_free(struct maps *maps);

/* Copies the last part of the path, without " (deleted)", cut to size bytes. */
void maps_name(const struct map *map, char *name, size_t size);

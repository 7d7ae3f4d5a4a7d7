/* SPDX-License-Identifier: MIT */
/* See snapshots.h. */
#include "awaitctl/tracedir/snapshots.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* snapshot-NAME-DATE-TIME-NUMBER, as LTTng names them; or -1. */
static long snapshot_number(const char *name)
{
	const char *dash = strrchr(name, '-');

	if (strncmp(name, "snapshot-", 9) != 0 ||
	    !isdigit((unsigned char)dash[1]))
		return -1;
	return strtol(dash + 1, NULL, 10);
}

int snapshots_find(char path[PATH_MAX], const char *directory)
{
	DIR *entries = opendir(directory);
	struct dirent *entry;
	long last = -1;
	int count = 0;

	while (entries && (entry = readdir(entries))) {
		long number = snapshot_number(entry->d_name);

		count += number >= 0;
		if (number <= last)
			continue;
		last = number;
		snprintf(path, PATH_MAX, "%s/%s", directory, entry->d_name);
	}
	if (entries)
		closedir(entries);
	return count;
}

/* SPDX-License-Identifier: MIT */
/* See index.h. */
#define _GNU_SOURCE
#include "ctf/index.h"

#include "common/regular_file.h"

#include <endian.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Big endian, all of it. */
struct index_header {
	uint32_t magic;
	uint32_t major, minor;
	uint32_t entry_size; /* at least that of struct index_entry */
};

struct index_entry {
	uint64_t offset;      /* bytes */
	uint64_t packet_size; /* bits */
};

#define MAGIC 0xc1f1dcc1u

/* DIRECTORY/STREAM, whose index is DIRECTORY/index/STREAM.idx. */
bool index_stream(const char *path, char stream[PATH_MAX])
{
	size_t length = strlen(path);
	const char *name = strrchr(path, '/');
	const char *folder = name ? memrchr(path, '/', name - path) : NULL;

	if (length < 5 || strcmp(path + length - 4, ".idx") != 0 || !folder ||
	    strncmp(folder, "/index/", name + 1 - folder) != 0)
		return false;
	snprintf(stream, PATH_MAX, "%.*s%.*s", (int)(folder - path), path,
		 (int)(strlen(name) - strlen(".idx")), name);
	return true;
}

static bool all_inside(FILE *file, uint64_t size)
{
	struct index_header header;
	struct index_entry entry;
	long next = sizeof(header);

	if (fread(&header, sizeof(header), 1, file) != 1 ||
	    be32toh(header.magic) != MAGIC ||
	    be32toh(header.entry_size) < sizeof(entry))
		return true;
	while (fseek(file, next, SEEK_SET) == 0 &&
	       fread(&entry, sizeof(entry), 1, file) == 1) {
		uint64_t offset = be64toh(entry.offset);

		if (offset >= size ||
		    be64toh(entry.packet_size) / 8 > size - offset)
			return false;
		next += be32toh(header.entry_size);
	}
	return true;
}

bool index_holds(const char *path)
{
	char stream[PATH_MAX];
	struct stat status;
	FILE *file;
	bool holds;

	if (!index_stream(path, stream) || stat(stream, &status) != 0)
		return true;
	file = regular_file_read(path);
	if (!file)
		return true;
	holds = all_inside(file, (uint64_t)status.st_size);
	fclose(file);
	return holds;
}

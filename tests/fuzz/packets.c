/* SPDX-License-Identifier: MIT */
/* The files of a stream: packets, or the index of some; and of metadata. */
#define _GNU_SOURCE
#include "fuzz.h"

#include "ctf/index.h"
#include "ctf/metadata_file.h"
#include "ctf/packet.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/await-fuzz-XXXXXX";
static char stream[64], indexes[64], index_file[64];

static void clean(void)
{
	unlink(index_file);
	unlink(stream);
	rmdir(indexes);
	rmdir(folder);
}

/* An index is known by its place: there a link leads to the input. */
static void prepare(void)
{
	static const uint8_t nothing[1];
	FILE *file;

	if (!mkdtemp(folder))
		abort();
	snprintf(stream, sizeof(stream), "%s/s", folder);
	snprintf(indexes, sizeof(indexes), "%s/index", folder);
	snprintf(index_file, sizeof(index_file), "%s/s.idx", indexes);
	file = fopen(stream, "w");
	if (!file || fwrite("0123456789", 10, 1, file) != 1 || fclose(file) ||
	    mkdir(indexes, 0700) || symlink(fuzz_file(nothing, 0), index_file))
		abort();
	atexit(clean);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path;
	struct packet_head head, last;
	uint64_t at = 0, before = 0, overwritten = 0;
	enum packet_state state;

	if (!*stream)
		prepare();
	path = fuzz_file(data, size);
	while ((state = packet_next(fuzz_descriptor(), &at, &head)) ==
		       PACKET_WHOLE ||
	       state == PACKET_OVERWRITTEN) {
		assert(at > before && at <= size);
		before = at;
	}
	at = 0;
	packet_last(fuzz_descriptor(), &at, &last, &overwritten);
	packet_sizes_possible(fuzz_descriptor(), &at);
	index_holds(index_file);
	metadata_is_whole(path);
	metadata_is_ctf_2(path);
	metadata_is_lttng(path);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* See spill.h. A block's place is chosen before it is filled, so that the one
 * before it can name it. */
#include "awaitctl/export/spill.h"

#include "awaitctl/common/say.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void give_up(void)
{
	say("cannot write a temporary file: %s", strerror(errno));
	exit(EXIT_FAILED);
}

void spill_open(struct spill *spill)
{
	*spill = (struct spill){ .file = tmpfile() };
	if (!spill->file)
		give_up();
}

static int64_t reserve(struct spill *spill)
{
	int64_t at = spill->size;

	spill->size += SPILL_BLOCK;
	return at;
}

static void write_block(const struct spill *spill,
			const struct spill_stream *stream)
{
	if (pwrite(fileno(spill->file), stream->block, SPILL_BLOCK,
		   stream->at) != SPILL_BLOCK)
		give_up();
}

static void read_block(const struct spill *spill, struct spill_stream *stream,
		       int64_t at)
{
	if (pread(fileno(spill->file), stream->block, SPILL_BLOCK, at) !=
	    SPILL_BLOCK)
		give_up();
	stream->at = at;
	stream->used = 0;
}

static size_t room(const struct spill_stream *stream, size_t wanted)
{
	size_t left = sizeof(stream->block->bytes) - stream->used;

	return wanted < left ? wanted : left;
}

void spill_put(struct spill *spill, struct spill_stream *stream,
	       const void *bytes, size_t size)
{
	if (!stream->block) {
		stream->block = must_calloc(1, sizeof(*stream->block));
		stream->first = stream->at = reserve(spill);
	}
	stream->put += size;
	while (size) {
		size_t part = room(stream, size);

		if (!part) {
			stream->block->next = reserve(spill);
			write_block(spill, stream);
			stream->at = stream->block->next;
			stream->used = 0;
			continue;
		}
		memcpy(stream->block->bytes + stream->used, bytes, part);
		stream->used += part;
		bytes = (const char *)bytes + part;
		size -= part;
	}
}

void spill_rewind(struct spill *spill, struct spill_stream *stream)
{
	if (!stream->block)
		return;
	if (!stream->got)
		write_block(spill, stream);
	read_block(spill, stream, stream->first);
	stream->got = 0;
}

bool spill_get(struct spill *spill, struct spill_stream *stream, void *bytes,
	       size_t size)
{
	if (stream->put - stream->got < size || !stream->block)
		return false;
	stream->got += size;
	while (size) {
		size_t part = room(stream, size);

		if (!part) {
			read_block(spill, stream, stream->block->next);
			continue;
		}
		memcpy(bytes, stream->block->bytes + stream->used, part);
		stream->used += part;
		bytes = (char *)bytes + part;
		size -= part;
	}
	return true;
}

void spill_stream_free(struct spill_stream *stream)
{
	free(stream->block);
	*stream = (struct spill_stream){ 0 };
}

void spill_close(struct spill *spill)
{
	fclose(spill->file);
}

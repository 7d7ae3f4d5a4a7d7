/* SPDX-License-Identifier: MIT */
/* See streams.h. */
#define _GNU_SOURCE
#include "awaitctl/tracedir/streams.h"

#include "awaitctl/tracedir/tree.h"
#include "common/array.h"
#include "ctf/index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct find {
	struct streams *streams;
	const struct folder *folder;
};

static int out_of_memory(struct trouble *why)
{
	return trouble(why, "out of memory");
}

static int add_stream(struct streams *streams, const struct stream *stream,
		      struct trouble *why)
{
	struct stream *more =
		array_grow(streams->stream, streams->count, sizeof(*more));
	char *below = strdup(stream->below);

	if (more)
		streams->stream = more;
	if (!more || !below) {
		free(below);
		return out_of_memory(why);
	}
	more[streams->count] = *stream;
	more[streams->count++].below = below;
	return 0;
}

static size_t folder_length(const char *below)
{
	return (size_t)(strrchr(below, '/') - below);
}

static bool has_beside(const struct folder *folder, const char *below,
		       size_t length, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%.*s/%s", (int)length, below, name);
	return folder_has(folder, path);
}

/* Where its whole packets end, and the head of the first. A file that begins
 * otherwise is none of LTTng's; nothing is known of it. */
static void read_packets(struct stream *stream, int file)
{
	enum packet_state state;
	uint64_t end = 0, impossible = 0;
	struct packet_head head;

	stream->whole = stream->size;
	/* Nothing before it could be read. */
	if (!packet_sizes_possible(file, &impossible) && impossible == 0)
		return;
	state = packet_next(file, &end, &stream->first);
	if (state != PACKET_WHOLE && state != PACKET_OVERWRITTEN)
		stream->first = (struct packet_head){ 0 };
	if (state == PACKET_OTHER)
		return;
	head = stream->first;
	while (state == PACKET_WHOLE || state == PACKET_OVERWRITTEN) {
		stream->last = head;
		state = packet_next(file, &end, &head);
	}
	if (state == PACKET_NONE)
		return;
	stream->whole = end;
	stream->torn = pread(file, &head.magic, sizeof(head.magic),
			     (off_t)end) == sizeof(head.magic) &&
		       head.magic == PACKET_MAGIC;
}

/* Of DIRECTORY/index/STREAM.idx, DIRECTORY/STREAM. */
static int note_indexed(const struct find *find, const struct tree_entry *entry,
			size_t index, struct trouble *why)
{
	const size_t trace = index - strlen("/index");
	const char *name = entry->below + index + 1;
	char path[PATH_MAX];
	struct stream stream = { .below = path, .trace = trace };

	snprintf(path, sizeof(path), "%.*s/%.*s", (int)trace, entry->below,
		 (int)(strlen(name) - strlen(".idx")), name);
	if (!folder_has(find->folder, path))
		stream.kind = STREAM_MISSING;
	else if (!index_holds(entry->path))
		stream.kind = STREAM_SHORT;
	else
		return 0;
	return add_stream(find->streams, &stream, why);
}

static bool ends(const char *text, size_t length, const char *with)
{
	size_t size = strlen(with);

	return length >= size && !memcmp(text + length - size, with, size);
}

static int note_file(const struct tree_entry *entry, void *data,
		     struct trouble *why)
{
	const struct find *find = data;
	struct stream stream = { .size = (uint64_t)entry->size };
	char index[NAME_MAX + 16];
	int file;

	if (entry->type != TREE_FILE || !*entry->below)
		return 0;
	stream.below = (char *)entry->below;
	stream.trace = folder_length(entry->below);
	if (ends(entry->below, stream.trace, "/index") &&
	    ends(entry->below, strlen(entry->below), ".idx"))
		return note_indexed(find, entry, stream.trace, why);
	if (!strcmp(entry->name, "metadata") ||
	    !has_beside(find->folder, entry->below, stream.trace, "metadata"))
		return 0;
	file = openat(entry->at, entry->name,
		      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (file < 0)
		return errno == ENOENT ? 0 :
					 trouble(why, "cannot read %s: %s",
						 entry->path, strerror(errno));
	read_packets(&stream, file);
	close(file);
	snprintf(index, sizeof(index), "index/%s.idx", entry->name);
	stream.indexed =
		has_beside(find->folder, entry->below, stream.trace, index);
	return add_stream(find->streams, &stream, why);
}

/* A packet that two traces have is the same packet. */
static bool same_packet(const struct packet_head *a,
			const struct packet_head *b)
{
	return a->magic && !memcmp(a->trace, b->trace, sizeof(a->trace)) &&
	       a->stream == b->stream && a->instance == b->instance &&
	       a->begin == b->begin && a->number == b->number &&
	       a->end == b->end;
}

static bool same_trace(const struct stream *a, const struct stream *b)
{
	return a->trace == b->trace && !memcmp(a->below, b->below, a->trace);
}

static uint64_t trace_size(const struct streams *streams,
			   const struct stream *of)
{
	uint64_t size = 0;

	for (size_t i = 0; i < streams->count; i++)
		if (streams->stream[i].kind == STREAM_FILE &&
		    same_trace(&streams->stream[i], of))
			size += streams->stream[i].whole;
	return size;
}

/* Of two copies, the one of which more is whole is read, or the one whose path
 * comes first. */
static void note_copy(struct streams *streams, const struct stream *a,
		      const struct stream *b)
{
	uint64_t of_a = trace_size(streams, a), of_b = trace_size(streams, b);
	const struct stream *copy = b;

	if (of_a < of_b || (of_a == of_b && strcmp(a->below, b->below) > 0))
		copy = a;
	for (size_t i = 0; i < streams->count; i++)
		if (same_trace(&streams->stream[i], copy))
			streams->stream[i].copied = true;
}

static void note_copies(struct streams *streams)
{
	for (size_t i = 0; i < streams->count; i++)
		for (size_t k = i + 1; k < streams->count; k++) {
			const struct stream *a = &streams->stream[i],
					    *b = &streams->stream[k];

			if (!a->copied && !b->copied && !same_trace(a, b) &&
			    same_packet(&a->first, &b->first))
				note_copy(streams, a, b);
		}
}

/* The time at which the last packet of a trace ends. */
static uint64_t trace_end(const struct streams *streams,
			  const struct stream *of)
{
	uint64_t end = 0;

	for (size_t i = 0; i < streams->count; i++)
		if (streams->stream[i].last.end > end &&
		    same_trace(&streams->stream[i], of))
			end = streams->stream[i].last.end;
	return end;
}

/*
 * LTTng ends all streams of a trace at a time, when the session stops, each
 * with a packet of what its sub-buffer has by then. One that has no packet, or
 * a full one as its last and long before, has more in its buffer, which LTTng
 * could not read.
 */
static bool is_stuck(const struct streams *streams, const struct stream *stream)
{
	enum { LEAST = 16384, PADDING = 1024, APART = 10000000 };
	const struct packet_head *last = &stream->last;
	uint64_t size = last->packet_size / 8, end = trace_end(streams, stream);

	if (!stream->indexed || end == 0)
		return false;
	if (stream->size == 0)
		return true;
	return stream->whole == stream->size && size >= LEAST &&
	       (size & (size - 1)) == 0 &&
	       size - last->content_size / 8 < PADDING &&
	       last->end + APART < end;
}

static bool is_short(const struct streams *streams, const struct stream *stream)
{
	for (size_t i = 0; i < streams->count; i++)
		if (streams->stream[i].kind == STREAM_SHORT &&
		    !strcmp(streams->stream[i].below, stream->below))
			return true;
	return false;
}

static int note_stuck(struct streams *streams, struct trouble *why)
{
	const size_t count = streams->count;

	for (size_t i = 0; i < count; i++) {
		struct stream stuck = streams->stream[i];

		if (stuck.kind != STREAM_FILE || !is_stuck(streams, &stuck) ||
		    is_short(streams, &stuck))
			continue;
		stuck.kind = STREAM_STUCK;
		if (add_stream(streams, &stuck, why))
			return -1;
	}
	return 0;
}

const struct stream *streams_file(const struct streams *streams,
				  const char *below)
{
	for (size_t i = 0; i < streams->count; i++)
		if (streams->stream[i].kind == STREAM_FILE &&
		    !strcmp(streams->stream[i].below, below))
			return &streams->stream[i];
	return NULL;
}

int streams_find(struct streams *streams, const struct folder *folder,
		 struct trouble *why)
{
	struct find find = { streams, folder };

	*streams = (struct streams){ 0 };
	if (tree_walk(folder, "", note_file, &find, why)) {
		streams_free(streams);
		return -1;
	}
	if (note_stuck(streams, why)) {
		streams_free(streams);
		return -1;
	}
	note_copies(streams);
	return 0;
}

void streams_free(struct streams *streams)
{
	for (size_t i = 0; i < streams->count; i++)
		free(streams->stream[i].below);
	free(streams->stream);
	*streams = (struct streams){ 0 };
}

/* SPDX-License-Identifier: MIT */
/* See salvage.h. Beside each file called metadata lie the rings of its streams,
 * one for each processor. */
#define _GNU_SOURCE
#include "awaitctl/recover/salvage.h"

#include "awaitctl/tracedir/repair.h"
#include "awaitctl/tracedir/tree.h"
#include "ctf/event_size.h"
#include "ctf/older_bytes.h"
#include "ctf/packet.h"
#include "ctf/shm_ring.h"
#include "ctf/torn_subbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A stream that is being written, of one ring. */
struct salvaged_stream {
	struct shm_ring ring;
	struct event_layouts *layouts; /* NULL: not understood */
	const char *written;	       /* what LTTng wrote of it */
	FILE *file;
	const struct packet_head *before; /* of the last sub-buffer, or NULL */
	uint64_t time;			  /* of the last event so far */
	uint64_t number; /* of the next packet, once there were gaps */
	bool had_gaps;
	struct salvaged *salvaged;
	struct steps *steps; /* of all rings */
};

/* The trace that is made, and the folder that it is made in, which has what the
 * consumer wrote. */
struct salvage {
	const struct folder *output;
	const char *to;
	uint64_t stopped; /* when LTTng stopped it; 0: not known */
	struct salvaged salvaged;
	struct steps steps;
};

/* The buffers are kept: nothing of this makes them worse. */
static int cannot(const char *what, const char *path, struct trouble *why)
{
	bool full = errno == ENOSPC || errno == EDQUOT;

	return trouble(why, "cannot %s %s: %s; %s, then: awaitctl recover",
		       what, path, strerror(errno),
		       full ? "free some room" : "mend that");
}

static int cannot_in(const struct salvage *salvage, const char *what,
		     const char *to, struct trouble *why)
{
	char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", salvage->output->path, to);
	return cannot(what, path, why);
}

static uint64_t head_size(const struct salvaged_stream *stream)
{
	return packet_head_size(stream->ring.word);
}

/*
 * The thread that begins a sub-buffer first gives the one before to the
 * consumer, which takes long: if it died there, the head was not written, and
 * others have been recording behind it. The head is made like that of the
 * sub-buffer before, or of the next if that one has been overwritten. Events
 * have the low half of their times.
 */
static bool restore_head(const struct salvaged_stream *stream,
			 struct shm_subbuf *subbuf,
			 const struct packet_head *next)
{
	struct packet_head *head = (void *)subbuf->bytes;
	uint64_t size = head_size(stream);

	if ((!stream->before && !next) ||
	    subbuf->committed + size > subbuf->reserved)
		return false;
	memcpy(head, stream->before ? stream->before : next, size);
	if (stream->before) {
		head->number++;
		head->begin = stream->time;
	} else {
		head->number--;
		head->begin -= UINT32_MAX;
	}
	head->end = 0;
	subbuf->committed += size;
	return true;
}

/* The head may be that of a lap before, or not all of it be written. */
static bool is_begun(const struct salvaged_stream *stream,
		     struct shm_subbuf *subbuf, const struct packet_head *next,
		     uint64_t position)
{
	const struct packet_head *head = shm_subbuf_head(subbuf);

	/* Its end may have been written in part. */
	if (head && shm_ring_is_packet(&stream->ring, head, position) &&
	    (head->end == 0 || head->content_size == UINT64_MAX ||
	     head->packet_size == UINT64_MAX))
		return subbuf->committed >= head_size(stream);
	return restore_head(stream, subbuf, next);
}

static void put_packet(struct salvaged_stream *stream,
		       const struct shm_subbuf *subbuf,
		       const struct event_range *range)
{
	struct packet_head *head = (void *)subbuf->bytes;
	uint64_t size = range->to - range->from;

	head->begin = range->begin;
	head->end = range->end;
	head->content_size = head->packet_size = 8 * (head_size(stream) + size);
	if (stream->had_gaps)
		head->number = stream->number++;
	fwrite(subbuf->bytes, 1, head_size(stream), stream->file);
	fwrite(subbuf->bytes + range->from, 1, size, stream->file);
}

static void put_delivered(struct salvaged_stream *stream,
			  const struct shm_subbuf *subbuf)
{
	struct packet_head *head = (void *)subbuf->bytes;

	if (stream->had_gaps)
		head->number = stream->number++;
	stream->time = head->end;
	fwrite(subbuf->bytes, 1, head->packet_size / 8, stream->file);
}

/* Adds what is left out. Its times become those since 1970. */
static void note_uncertain(struct salvaged_stream *stream,
			   struct uncertain uncertain)
{
	struct salvaged *salvaged = stream->salvaged;
	uint64_t offset = 0;

	if (stream->layouts)
		offset = event_layouts_clock_offset(stream->layouts);
	uncertain.from += offset;
	if (uncertain.to != UINT64_MAX)
		uncertain.to += offset;
	salvaged->is_uncertain = true;
	uncertain_add(&salvaged->uncertain, &uncertain);
}

/* Nothing can be told of a sub-buffer from there on. */
static void give_up(struct salvaged_stream *stream,
		    const struct shm_subbuf *subbuf, uint64_t from)
{
	note_uncertain(stream,
		       (struct uncertain){ .bytes = subbuf->reserved - from,
					   .from = stream->time,
					   .to = UINT64_MAX });
}

/* Where events begin is not known: takes all up to the first gap. */
static void take_contiguous(const struct salvaged_stream *stream,
			    const struct shm_subbuf *subbuf,
			    struct torn_subbuf *torn)
{
	const struct packet_head *head = (const void *)subbuf->bytes;

	*torn = (struct torn_subbuf){
		.certain = subbuf->committed == subbuf->reserved,
		.uncertain = { .bytes = subbuf->reserved - subbuf->contiguous,
			       .from = head->begin,
			       .to = UINT64_MAX },
	};
	torn->ranges[0] = (struct event_range){
		.from = head_size(stream),
		.to = torn->certain ? subbuf->reserved : subbuf->contiguous,
		.begin = head->begin,
	};
	torn->count = torn->ranges[0].to > torn->ranges[0].from;
	torn->time = head->begin;
}

/* When the sub-buffer at a position was begun, which is later than all events
 * before it; UINT64_MAX if that is not known. */
static uint64_t begin_of(const struct salvaged_stream *stream,
			 uint64_t position)
{
	const struct packet_head *head = NULL;
	struct shm_subbuf subbuf;

	if (shm_ring_next(&stream->ring, &position, &subbuf) &&
	    subbuf.contiguous >= head_size(stream))
		head = shm_subbuf_head(&subbuf);
	return head ? head->begin : UINT64_MAX;
}

/* With the bytes of earlier laps, as far as they are known. */
static void find_torn(const struct salvaged_stream *stream,
		      const struct stream_layout *layout,
		      struct shm_subbuf subbuf, uint64_t latest,
		      struct torn_subbuf *torn)
{
	const struct packet_head *head = (const void *)subbuf.bytes;
	char *older = NULL;

	if (subbuf.committed != subbuf.reserved)
		older = malloc(subbuf.size);
	if (older)
		subbuf.older_size = older_bytes_read(
			stream->written, &stream->ring, subbuf.size,
			head->number, older, stream->steps);
	subbuf.older = older;
	subbuf.steps = stream->steps;
	torn_subbuf_find(torn, layout, &subbuf, head_size(stream), latest);
	free(older);
}

static void put_begun(struct salvaged_stream *stream,
		      const struct shm_subbuf *subbuf, uint64_t latest)
{
	const struct packet_head *head = (void *)subbuf->bytes;
	const struct stream_layout *layout =
		stream->layouts ?
			event_layouts_stream(stream->layouts, head->stream) :
			NULL;
	struct torn_subbuf torn;

	if (layout)
		find_torn(stream, layout, *subbuf, latest, &torn);
	else
		take_contiguous(stream, subbuf, &torn);
	stream->time = torn.time;
	if (!torn.certain)
		note_uncertain(stream, torn.uncertain);
	if (torn.count > 1 && !stream->had_gaps) {
		stream->had_gaps = true;
		stream->number = head->number;
	}
	for (unsigned i = 0; i < torn.count; i++)
		put_packet(stream, subbuf, &torn.ranges[i]);
}

/* The sub-buffer that was consumed last may still be there. */
static void begin_stream(struct salvaged_stream *stream)
{
	struct shm_subbuf subbuf;

	if (!shm_ring_previous(&stream->ring, &subbuf))
		return;
	stream->before = shm_subbuf_head(&subbuf);
	if (stream->before)
		stream->time = stream->before->end;
}

static void put_ring(struct salvaged_stream *stream)
{
	uint64_t position = stream->ring.begin, at = position;
	struct shm_subbuf subbuf;

	begin_stream(stream);
	while (shm_ring_next(&stream->ring, &position, &subbuf)) {
		if (subbuf.torn)
			stream->salvaged->torn = true;
		if (shm_subbuf_is_delivered(&subbuf))
			put_delivered(stream, &subbuf);
		else if (is_begun(stream, &subbuf,
				  shm_ring_head_at(&stream->ring, position),
				  at))
			put_begun(stream, &subbuf, begin_of(stream, position));
		else if (subbuf.committed)
			give_up(stream, &subbuf, 0);
		stream->before = shm_subbuf_head(&subbuf);
		at = position;
	}
	if (position < stream->ring.end)
		note_uncertain(stream,
			       (struct uncertain){ .bytes = stream->ring.end -
							    position,
						   .from = stream->time,
						   .to = UINT64_MAX });
}

/* Writes the stream to a new file, which is removed if nothing is in it. */
static int write_stream(struct salvaged_stream *stream,
			const struct salvage *salvage, const char *to,
			struct trouble *why)
{
	int file =
		folder_file(salvage->output, to, O_WRONLY | O_CREAT | O_EXCL);
	bool failed, empty;

	stream->file = file < 0 ? NULL : fdopen(file, "w");
	if (!stream->file)
		return cannot_in(salvage, "make", to, why);
	put_ring(stream);
	failed = fflush(stream->file) || ferror(stream->file);
	empty = !failed && ftell(stream->file) == 0;
	fclose(stream->file);
	if (failed)
		return cannot_in(salvage, "write", to, why);
	if (empty && folder_unlink(salvage->output, to))
		return cannot_in(salvage, "remove", to, why);
	return 0;
}

static int unknown(const struct shm_ring *ring, const char *path,
		   struct trouble *why)
{
	return trouble(why,
		       "%s is kept, as awaitctl cannot read it: it is damaged, "
		       "or its LTTng-UST is too new (crash ABI %u.%u; known "
		       "are 0.0 and 1.0); try lttng-crash --extract",
		       path, ring->major, ring->minor);
}

static int salvage_ring(const struct tree_entry *entry, const char *to,
			struct salvage *paths, struct trouble *why)
{
	struct salvaged_stream stream = { .salvaged = &paths->salvaged,
					  .steps = &paths->steps };
	char metadata[PATH_MAX], written[2 * PATH_MAX];
	uint64_t stopped = 0;
	int rc;

	switch (shm_ring_open(&stream.ring, entry->path)) {
	case SHM_RING_NONE:
		return 0;
	case SHM_RING_FAILED:
		return cannot("read", entry->path, why);
	case SHM_RING_UNKNOWN:
		paths->salvaged.unknown = true;
		return unknown(&stream.ring, entry->path, why);
	case SHM_RING_OPENED:
		break;
	}
	paths->steps.left += STEPS_OF_BYTE * stream.ring.file.held;
	snprintf(metadata, sizeof(metadata), "%.*s/metadata",
		 (int)(strrchr(entry->path, '/') - entry->path), entry->path);
	snprintf(written, sizeof(written), "%s%s", paths->output->path,
		 entry->below);
	stream.written = written;
	stream.layouts = event_layouts_read(metadata);
	rc = !stream.layouts && errno && errno != ENOENT;
	if (stream.layouts && event_layouts_clock_is_monotonic(stream.layouts))
		stopped = paths->stopped;
	unconsumed_find(&stream.ring, written, stopped,
			&paths->salvaged.unconsumed);
	rc = rc ? cannot("read", metadata, why) :
		  write_stream(&stream, paths, to, why);
	event_layouts_free(stream.layouts);
	shm_ring_close(&stream.ring);
	return rc;
}

static int salvage_entry(const struct tree_entry *entry, void *data,
			 struct trouble *why)
{
	struct salvage *paths = data;
	char to[PATH_MAX];

	snprintf(to, sizeof(to), "%s%s", paths->to, entry->below);
	if (entry->type == TREE_DIRECTORY)
		return folder_mkdir(paths->output, to) ?
			       cannot_in(paths, "make", to, why) :
			       0;
	if (entry->type != TREE_FILE)
		return 0;
	if (!strcmp(entry->name, "metadata"))
		return repair_metadata(entry, paths->output, to) ?
			       cannot("copy", entry->path, why) :
			       0;
	return salvage_ring(entry, to, paths, why);
}

int salvage(const struct folder *from, const char *rings,
	    const struct folder *output, const char *to, uint64_t stopped,
	    struct salvaged *salvaged, struct trouble *why)
{
	struct salvage paths = { .output = output,
				 .to = to,
				 .stopped = stopped,
				 .steps = { STEPS_FIRST } };

	if (tree_walk(from, rings, salvage_entry, &paths, why)) {
		salvaged->unknown = paths.salvaged.unknown;
		return -1;
	}
	*salvaged = paths.salvaged;
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* See salvage.h. Beside each file called metadata lie the rings of its streams,
 * one for each processor. */
#define _GNU_SOURCE
#include "awaitctl/recover/salvage.h"

#include "ctf/torn_subbuf.h"
#include "ctf/event_size.h"
#include "awaitctl/tracedir/output.h"
#include "ctf/packet.h"
#include "ctf/shm_ring.h"
#include "awaitctl/common/say.h"
#include "ctf/unconsumed.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A stream that is being written. */
struct stream {
	struct shm_ring ring;
	struct event_layouts *layouts; /* NULL: not understood */
	FILE *file;
	const struct packet_head *before; /* of the sub-buffer before, if any */
	uint64_t time;			  /* of the last event so far */
	uint64_t number; /* of the next packet, once there were gaps */
	bool had_gaps, uncertain;
};

/* nftw() passes no data. */
static const char *target, *beside;
static size_t source_length;
static struct salvaged total;

static int cannot(const char *what, const char *path)
{
	say("cannot %s %s: %s; free some room, then: awaitctl recover", what,
	    path, strerror(errno));
	return -1;
}

static uint64_t head_size(const struct stream *stream)
{
	return packet_head_size(stream->ring.word);
}

/*
 * The thread that begins a sub-buffer first gives the one before to the
 * consumer, which takes long: if it died there, the head was not written, and
 * others have been recording behind it. It is like the one before, then, or
 * the next, if the one before has been overwritten. The low half of their times
 * is what events have.
 */
static bool restore_head(const struct stream *stream, struct shm_subbuf *subbuf,
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

static bool is_begun(const struct stream *stream, struct shm_subbuf *subbuf,
		     const struct packet_head *next)
{
	const struct packet_head *head = shm_subbuf_head(subbuf);

	if (head && head->end == 0)
		return subbuf->committed >= head_size(stream);
	return restore_head(stream, subbuf, next);
}

static void put_packet(struct stream *stream, const struct shm_subbuf *subbuf,
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

static void put_delivered(struct stream *stream,
			  const struct shm_subbuf *subbuf)
{
	struct packet_head *head = (void *)subbuf->bytes;

	if (stream->had_gaps)
		head->number = stream->number++;
	stream->time = head->end;
	fwrite(subbuf->bytes, 1, head->packet_size / 8, stream->file);
}

/* Without knowing where events begin: up to the first that may be missing. */
static void find_first(const struct stream *stream,
		       const struct shm_subbuf *subbuf,
		       struct torn_subbuf *torn)
{
	const struct packet_head *head = (const void *)subbuf->bytes;

	torn->certain = subbuf->committed == subbuf->reserved;
	torn->ranges[0] = (struct event_range){
		.from = head_size(stream),
		.to = torn->certain ? subbuf->reserved : subbuf->contiguous,
		.begin = head->begin,
	};
	torn->count = torn->ranges[0].to > torn->ranges[0].from;
	torn->time = head->begin;
}

static void put_begun(struct stream *stream, const struct shm_subbuf *subbuf)
{
	const struct packet_head *head = (void *)subbuf->bytes;
	const struct stream_layout *layout =
		stream->layouts ?
			event_layouts_stream(stream->layouts, head->stream) :
			NULL;
	struct torn_subbuf torn;

	if (layout)
		torn_subbuf_find(&torn, layout, subbuf, head_size(stream));
	else
		find_first(stream, subbuf, &torn);
	stream->time = torn.time;
	stream->uncertain = stream->uncertain || !torn.certain;
	if (torn.count > 1 && !stream->had_gaps) {
		stream->had_gaps = true;
		stream->number = head->number;
	}
	for (unsigned i = 0; i < torn.count; i++)
		put_packet(stream, subbuf, &torn.ranges[i]);
}

/* What the consumer has read last is still there, if that was not overwritten
 * by now. */
static void begin_stream(struct stream *stream)
{
	struct shm_subbuf subbuf;

	if (!shm_ring_previous(&stream->ring, &subbuf))
		return;
	stream->before = shm_subbuf_head(&subbuf);
	if (stream->before)
		stream->time = stream->before->end;
}

static void put_all(struct stream *stream)
{
	uint64_t position = stream->ring.begin;
	struct shm_subbuf subbuf;

	begin_stream(stream);
	while (shm_ring_next(&stream->ring, &position, &subbuf)) {
		total.torn = total.torn || subbuf.committed != subbuf.reserved;
		if (shm_subbuf_is_delivered(&subbuf))
			put_delivered(stream, &subbuf);
		else if (is_begun(stream, &subbuf,
				  shm_ring_head_at(&stream->ring, position)))
			put_begun(stream, &subbuf);
		else if (subbuf.committed)
			stream->uncertain = true;
		stream->before = shm_subbuf_head(&subbuf);
	}
	if (position < stream->ring.end)
		stream->uncertain = true;
}

/* A stream of which there is nothing has no file. */
static int write_stream(struct stream *stream, const char *to)
{
	long size;

	stream->file = fopen(to, "wxe");
	if (!stream->file)
		return cannot("make", to);
	put_all(stream);
	size = ftell(stream->file);
	if (fflush(stream->file) || ferror(stream->file)) {
		cannot("write", to);
		fclose(stream->file);
		return -1;
	}
	fclose(stream->file);
	total.uncertain = total.uncertain || stream->uncertain;
	return size ? 0 : unlink(to);
}

static int salvage_ring(const char *from, const char *to)
{
	struct stream stream = { 0 };
	char metadata[PATH_MAX], written[PATH_MAX];
	int rc;

	switch (shm_ring_open(&stream.ring, from)) {
	case SHM_RING_NONE:
		return 0;
	case SHM_RING_FAILED:
		return cannot("read", from);
	case SHM_RING_UNKNOWN:
		say("%s has another layout than LTTng-UST's buffers had up to "
		    "2.13: try lttng-crash --extract",
		    from);
		return -1;
	case SHM_RING_OPENED:
		break;
	}
	snprintf(metadata, sizeof(metadata), "%.*s/metadata",
		 (int)(strrchr(from, '/') - from), from);
	snprintf(written, sizeof(written), "%s%s", beside,
		 from + source_length);
	unconsumed_find(&stream.ring, written, &total.unconsumed);
	stream.layouts = event_layouts_read(metadata);
	rc = write_stream(&stream, to);
	event_layouts_free(stream.layouts);
	shm_ring_close(&stream.ring);
	return rc;
}

static int visit(const char *path, const struct stat *status, int type,
		 struct FTW *where)
{
	char to[PATH_MAX];

	(void)status;
	snprintf(to, sizeof(to), "%s%s", target, path + source_length);
	if (type == FTW_D)
		return mkdir(to, 0770) ? cannot("make", to) : 0;
	if (type != FTW_F)
		return 0;
	if (!strcmp(path + where->base, "metadata"))
		return copy_file(path, to) ? cannot("copy", path) : 0;
	return salvage_ring(path, to);
}

int salvage(const char *from, const char *to, const char *written,
	    struct salvaged *salvaged)
{
	target = to;
	beside = written;
	source_length = strlen(from);
	total = (struct salvaged){ 0 };
	if (nftw(from, visit, 16, FTW_PHYS))
		return EXIT_FAILED;
	*salvaged = total;
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* See decoder.h. */
#include "babeltrace/decoder.h"

#include "babeltrace/record.h"

#include <stdlib.h>
#include <unistd.h>

struct decoder {
	struct graph graph;
	struct ring *ring;
	struct record_bytes bytes;
	size_t hosts; /* that were told */
};

/* At the beginning no stream is the current one. */
static struct record head_of(const struct decoder *decoder,
			     enum record_type type)
{
	const struct graph_stream *stream = decoder->graph.current;

	if (!stream)
		return (struct record){ .type = type, .time = INT64_MIN };
	return (struct record){ .type = type,
				.rank = stream->rank,
				.trace = stream->trace,
				.time = stream->time };
}

/* made: what made the record returned. There is nobody to tell of a failure but
 * by the end of this process. */
static void send(struct decoder *decoder, int made)
{
	const struct record_bytes *bytes = &decoder->bytes;

	if (made || ring_write(decoder->ring, bytes->bytes, bytes->used))
		_exit(EXIT_FAILURE);
}

static void tell_hosts(struct decoder *decoder)
{
	const struct event_hosts *hosts = &decoder->graph.events.hosts;
	const struct record head = head_of(decoder, RECORD_HOST);

	for (; decoder->hosts < hosts->count; decoder->hosts++) {
		const struct event_host *item = &hosts->items[decoder->hosts];
		const struct record_host host = { .pid_ns = item->pid_ns,
						  .trace_id = item->trace_id,
						  .name = item->name,
						  .session = item->session };

		send(decoder, record_make_host(&decoder->bytes, &head, &host));
	}
}

static void on_event(void *data, const struct trace_event *event)
{
	struct decoder *decoder = data;
	const struct record head = head_of(decoder, RECORD_EVENT);

	tell_hosts(decoder);
	send(decoder,
	     record_make_event(&decoder->bytes, &head,
			       (uint32_t)decoder->graph.events.hosts.latest,
			       event));
}

static void on_mapped_file(void *data, const struct mapped_file *file)
{
	struct decoder *decoder = data;
	const struct record head = head_of(decoder, RECORD_FILE);

	tell_hosts(decoder);
	send(decoder, record_make_file(&decoder->bytes, &head, file));
}

static void on_packet_end(void *data, int64_t time)
{
	struct decoder *decoder = data;
	struct record head = head_of(decoder, RECORD_PACKET_END);

	head.time = time;
	send(decoder, record_make(&decoder->bytes, &head));
}

static void on_discarded(void *data, uint64_t count)
{
	struct decoder *decoder = data;
	const struct record head = head_of(decoder, RECORD_DISCARDED);

	send(decoder, record_make_discarded(&decoder->bytes, &head, count));
}

static void tell_end(struct decoder *decoder, enum decoded how)
{
	const struct record head =
		head_of(decoder, how == DECODED	       ? RECORD_DONE :
				 how == DECODED_BROKEN ? RECORD_BROKEN :
							 RECORD_NOT_OPENED);
	char cause[1024];

	if (how == DECODED) {
		send(decoder, record_make(&decoder->bytes, &head));
		return;
	}
	graph_take_error(cause, sizeof(cause));
	send(decoder, record_make_cause(&decoder->bytes, &head, cause));
}

void decoder_run(const struct decoder_task *task, struct ring *ring)
{
	const struct reader_calls calls = {
		.stacks = task->calls->stacks,
		.event = on_event,
		.mapped_file = task->calls->mapped_file ? on_mapped_file : NULL,
		.discarded = on_discarded,
	};
	struct decoder decoder = { .ring = ring,
				   .graph = { .share = task->share,
					      .packet_end = on_packet_end } };

	tell_end(&decoder,
		 graph_read(&decoder.graph, task->traces, &calls, &decoder));
	/* Nothing is freed: the end of the process does that. */
	_exit(0);
}

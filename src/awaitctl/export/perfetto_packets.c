/* SPDX-License-Identifier: MIT */
/* See perfetto_packets.h. */
#include "awaitctl/export/perfetto_packets.h"

/* Fields, by message. */
enum { TRACE_PACKET = 1 };
enum {
	PACKET_TIMESTAMP = 8,
	PACKET_SEQUENCE = 10,
	PACKET_TRACK_EVENT = 11,
	PACKET_SEQUENCE_FLAGS = 13,
	PACKET_TRACK_DESCRIPTOR = 60,
};
enum {
	EVENT_ANNOTATION = 4,
	EVENT_TYPE = 9,
	EVENT_TRACK = 11,
	EVENT_CATEGORY = 22,
	EVENT_EVENT_NAME = 23,
	EVENT_COUNTER_VALUE = 30,
	EVENT_FLOW = 47,
	EVENT_LAST_FLOW = 48,
};
enum { ANNOTATION_INT = 4, ANNOTATION_TEXT = 6, ANNOTATION_NAME = 10 };
enum {
	TRACK_UUID = 1,
	TRACK_NAME = 2,
	TRACK_PROCESS = 3,
	TRACK_THREAD = 4,
	TRACK_PARENT = 5,
	TRACK_COUNTER = 8,
};
enum { PROCESS_PID = 1, PROCESS_NAME = 6 };
enum { THREAD_PID = 1, THREAD_TID = 2 };

/* All are of one sequence, which begins with its first packet. */
enum { SEQUENCE = 1, SEQUENCE_BEGINS = 1 };

static void put_packet(struct packets *to, unsigned field,
		       const struct proto *message)
{
	struct proto *packet = &to->packet;

	proto_varint(packet, PACKET_SEQUENCE, SEQUENCE);
	if (!to->any)
		proto_varint(packet, PACKET_SEQUENCE_FLAGS, SEQUENCE_BEGINS);
	to->any = true;
	proto_message(packet, field, message);
	proto_clear(&to->part);
	proto_message(&to->part, TRACE_PACKET, packet);
	fwrite(to->part.bytes, 1, to->part.size, to->out);
	proto_clear(packet);
}

/* --- events --- */

void packets_begin(struct packets *to, enum packet_type type, uint64_t track,
		   const char *category, const char *name)
{
	proto_clear(&to->event);
	proto_varint(&to->event, EVENT_TYPE, type);
	proto_varint(&to->event, EVENT_TRACK, track);
	if (!name)
		return;
	proto_text(&to->event, EVENT_CATEGORY, category);
	proto_text(&to->event, EVENT_EVENT_NAME, name);
}

static void put_text(void *data, const char *name, const char *value)
{
	struct packets *to = data;

	proto_clear(&to->part);
	proto_text(&to->part, ANNOTATION_NAME, name);
	proto_text(&to->part, ANNOTATION_TEXT, value);
	proto_message(&to->event, EVENT_ANNOTATION, &to->part);
}

static void put_number(void *data, const char *name, int64_t value)
{
	struct packets *to = data;

	proto_clear(&to->part);
	proto_text(&to->part, ANNOTATION_NAME, name);
	proto_varint(&to->part, ANNOTATION_INT, (uint64_t)value);
	proto_message(&to->event, EVENT_ANNOTATION, &to->part);
}

struct args packets_args(struct packets *to)
{
	return (struct args){ to, put_text, put_number };
}

void packets_flow(struct packets *to, uint64_t flow, bool last)
{
	if (flow)
		proto_fixed64(&to->event, last ? EVENT_LAST_FLOW : EVENT_FLOW,
			      flow);
}

void packets_end(struct packets *to, int64_t time)
{
	proto_varint(&to->packet, PACKET_TIMESTAMP, (uint64_t)time);
	put_packet(to, PACKET_TRACK_EVENT, &to->event);
}

void packets_counter(struct packets *to, uint64_t track, int64_t time,
		     int64_t value)
{
	packets_begin(to, PACKET_COUNTER, track, NULL, NULL);
	proto_varint(&to->event, EVENT_COUNTER_VALUE, (uint64_t)value);
	packets_end(to, time);
}

/* --- tracks --- */

static void begin_track(struct packets *to, uint64_t track)
{
	proto_clear(&to->event);
	proto_clear(&to->inner);
	proto_varint(&to->event, TRACK_UUID, track);
}

void packets_process(struct packets *to, uint64_t track, int64_t pid,
		     const char *name)
{
	begin_track(to, track);
	proto_varint(&to->inner, PROCESS_PID, (uint64_t)pid);
	proto_text(&to->inner, PROCESS_NAME, name);
	proto_message(&to->event, TRACK_PROCESS, &to->inner);
	put_packet(to, PACKET_TRACK_DESCRIPTOR, &to->event);
}

void packets_thread(struct packets *to, uint64_t track, int64_t pid,
		    int64_t tid)
{
	begin_track(to, track);
	proto_varint(&to->inner, THREAD_PID, (uint64_t)pid);
	proto_varint(&to->inner, THREAD_TID, (uint64_t)tid);
	proto_message(&to->event, TRACK_THREAD, &to->inner);
	put_packet(to, PACKET_TRACK_DESCRIPTOR, &to->event);
}

void packets_track(struct packets *to, uint64_t track, uint64_t parent,
		   const char *name, bool counter)
{
	begin_track(to, track);
	if (parent)
		proto_varint(&to->event, TRACK_PARENT, parent);
	proto_text(&to->event, TRACK_NAME, name);
	if (counter)
		proto_message(&to->event, TRACK_COUNTER, &to->inner);
	put_packet(to, PACKET_TRACK_DESCRIPTOR, &to->event);
}

void packets_free(struct packets *to)
{
	proto_free(&to->packet);
	proto_free(&to->event);
	proto_free(&to->part);
	proto_free(&to->inner);
}

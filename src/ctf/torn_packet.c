/* SPDX-License-Identifier: MIT */
/* See torn_packet.h. */
#include "ctf/torn_packet.h"

#include "ctf/event_size.h"
#include "ctf/packet.h"

#include <string.h>

uint64_t torn_packet_content(const struct event_layouts *layouts,
			     const char *bytes, uint64_t size, unsigned word)
{
	const struct stream_layout *layout = NULL;
	struct sized_event event = { 0 };
	struct packet_head head;
	uint64_t at = packet_head_size(word);

	if (size < sizeof(head))
		return 0;
	memcpy(&head, bytes, sizeof(head));
	if (head.magic != PACKET_MAGIC || head.content_size / 8 < at)
		return 0;
	if (head.content_size / 8 <= size)
		return head.content_size / 8;
	if (layouts)
		layout = event_layouts_stream(layouts, head.stream);
	event.time = head.begin;
	while (layout && event_size_measure(layout, bytes + at, size - at,
					    event.time, &event))
		at += event.size;
	return layout ? at : 0;
}

/* SPDX-License-Identifier: MIT */
/* A text of metadata, and behind its end the bytes of events. */
#include "fuzz.h"

#include "ctf/event_size.h"
#include "ctf/event_layouts.h"

#include <stdlib.h>
#include <string.h>

static void measure(const struct stream_layout *stream, const char *bytes,
		    size_t left)
{
	struct sized_event event;
	uint64_t time = 0;

	event_size_least(stream);
	while (event_size_measure(stream, bytes, left, time, &event)) {
		assert(event.size > 0 && event.size <= left);
		assert(event.time >= time);
		bytes += event.size;
		left -= event.size;
		time = event.time;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t length = strnlen((const char *)data, size);
	/* Of its own, so that what is read outside is seen. */
	char *text = malloc(length + 1), *bytes = NULL;
	struct event_layouts *layouts;

	if (!text)
		abort();
	memcpy(text, data, length);
	text[length] = '\0';
	layouts = event_layouts_parse(text);
	size -= length;
	if (size > 1) {
		size--;
		bytes = malloc(size);
		if (!bytes)
			abort();
		memcpy(bytes, data + length + 1, size);
	}
	for (unsigned long i = 0; layouts && bytes && i < EVENT_LAYOUT_STREAMS;
	     i++)
		if (event_layouts_stream(layouts, i))
			measure(event_layouts_stream(layouts, i), bytes, size);
	event_layouts_free(layouts);
	free(bytes);
	free(text);
	return 0;
}

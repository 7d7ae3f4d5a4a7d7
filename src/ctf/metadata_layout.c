/* SPDX-License-Identifier: MIT */
/* See metadata_layout.h. */
#include "ctf/event_layouts.h"

#include "common/regular_file.h"
#include "ctf/metadata_file.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { RECORD_SEPARATOR = 0x1e }; /* before each text of a JSON sequence */

struct stream_layout *event_layouts_make(struct event_layouts *layouts,
					 unsigned long id)
{
	if (id >= EVENT_LAYOUT_STREAMS)
		return NULL;
	if (!layouts->streams[id])
		layouts->streams[id] = calloc(1, sizeof(struct stream_layout));
	return layouts->streams[id];
}

struct event_layouts *event_layouts_parse(const char *text)
{
	struct event_layouts *layouts;

	errno = 0;
	layouts = calloc(1, sizeof(*layouts));
	if (layouts &&
	    (*text == RECORD_SEPARATOR ? metadata_json_parse :
					 metadata_tsdl_parse)(layouts, text))
		return layouts;
	event_layouts_free(layouts);
	return NULL;
}

struct event_layouts *event_layouts_read(const char *path)
{
	enum { MOST = 1 << 24 };
	struct event_layouts *layouts = NULL;
	int file = regular_file_open(path, MOST);
	off_t size = file < 0 ? 0 : lseek(file, 0, SEEK_END);
	char *text = malloc((size_t)size + 1);
	ssize_t got = -1;
	int error;

	if (file >= 0 && text)
		got = pread(file, text, (size_t)size, 0);
	if (got >= 0) {
		text[metadata_strip(text, (size_t)got)] = '\0';
		layouts = event_layouts_parse(text);
	}
	error = errno;
	free(text);
	if (file >= 0)
		close(file);
	errno = error;
	return layouts;
}

void event_layouts_free(struct event_layouts *layouts)
{
	for (size_t i = 0; layouts && i < EVENT_LAYOUT_STREAMS; i++)
		free(layouts->streams[i]);
	free(layouts);
}

uint64_t event_layouts_clock_offset(const struct event_layouts *layouts)
{
	return layouts->clock_offset;
}

bool event_layouts_clock_is_monotonic(const struct event_layouts *layouts)
{
	return layouts->monotonic;
}

const struct stream_layout *
event_layouts_stream(const struct event_layouts *layouts, unsigned long id)
{
	return id < EVENT_LAYOUT_STREAMS ? layouts->streams[id] : NULL;
}

const struct fields_layout *
stream_layout_context(const struct stream_layout *stream)
{
	return &stream->context;
}

const struct fields_layout *
stream_layout_event(const struct stream_layout *stream, unsigned long id)
{
	if (id >= EVENT_LAYOUT_EVENTS || !stream->events[id].known)
		return NULL;
	return &stream->events[id];
}

bool stream_layout_all_are(const struct stream_layout *stream,
			   bool (*is)(const char *event))
{
	size_t known = 0;

	for (size_t i = 0; i < EVENT_LAYOUT_EVENTS; i++) {
		if (!stream->events[i].known)
			continue;
		if (!is(stream->events[i].event))
			return false;
		known++;
	}
	return known > 0;
}

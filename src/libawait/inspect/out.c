/* SPDX-License-Identifier: MIT */
/* See out.h. */
#include "libawait/inspect/out.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void out_flush(struct out *out)
{
	const char *at = out->buffer;

	while (out->used > 0 && out->rc == 0) {
		ssize_t n = write(out->fd, at, out->used);

		if (n >= 0) {
			at += n;
			out->used -= (size_t)n;
		} else if (errno != EINTR) {
			out->rc = -errno;
		}
	}
	out->used = 0;
}

struct line out_line(struct out *out)
{
	if (sizeof(out->buffer) - out->used < LINE_SIZE)
		out_flush(out);
	return (struct line){
		.at = out->buffer + out->used,
		.end = out->buffer + out->used + LINE_SIZE - 1,
	};
}

void out_end(struct out *out, struct line *line)
{
	if (line->length > LINE_SIZE - 1)
		memcpy(line->end - 3, "...", 3);
	*line->at = '\n';
	out->used = (size_t)(line->at + 1 - out->buffer);
}

struct line note_begin(struct out *out, const char *text)
{
	struct line line;

	*out = (struct out){ .fd = STDERR_FILENO };
	line = out_line(out);
	line_text(&line, "await: ");
	line_text(&line, text);
	return line;
}

void note_end(struct out *out, struct line *line)
{
	out_end(out, line);
	out_flush(out);
}

/* SPDX-License-Identifier: MIT */
/* See stream.h. */
#include "awaitctl/record/stream.h"

#include "awaitctl/tracedir/incomplete.h"
#include "awaitctl/tracedir/repair.h"
#include "awaitctl/common/say.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PORT_MAX = 65535 };

/* What follows the host; NULL if it is none. */
static const char *parse_host(struct relay_address *address, const char *text)
{
	const char *end = text;

	if (*text == '[') {
		end += 1 + strspn(text + 1, "0123456789abcdefABCDEF:.");
		end = *end == ']' && end > text + 1 ? end + 1 : text;
	} else {
		while (isalnum((unsigned char)*end) || *end == '-' ||
		       *end == '.' || *end == '_')
			end++;
	}
	if (end == text || (size_t)(end - text) >= sizeof(address->host))
		return NULL;
	snprintf(address->host, sizeof(address->host), "%.*s",
		 (int)(end - text), text);
	return end;
}

static const char *parse_port(unsigned *port, const char *text)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	if (!isdigit((unsigned char)*text) || number < 1 || number > PORT_MAX)
		return NULL;
	*port = (unsigned)number;
	return end;
}

int stream_parse(struct relay_address *address, const char *text)
{
	unsigned *const ports[] = { &address->control, &address->data,
				    &address->live };
	const char *end;

	*address = (struct relay_address){ .control = RELAY_CONTROL,
					   .data = RELAY_DATA,
					   .live = RELAY_LIVE };
	end = parse_host(address, text);
	for (int i = 0; end && *end == ':' && i < 3; i++)
		end = parse_port(ports[i], end + 1);
	if (end && !*end)
		return 0;
	return misused("record: --stream takes HOST[:CONTROL[:DATA[:LIVE]]], a "
		       "name or an address (IPv6 in brackets) and port numbers,"
		       " not ",
		       text);
}

static int open_output(struct stream *stream, const char *program)
{
	int status = output_prepare(&stream->output, stream->options->directory,
				    program);

	if (status)
		return status;
	snprintf(stream->where, sizeof(stream->where), "%s",
		 stream->output.path);
	if (stream->options->live_us)
		status = relay_start(&stream->relay, stream->output.path);
	if (status)
		output_discard(&stream->output);
	return status;
}

static bool has_relay(const struct stream *stream)
{
	return stream->options->stream || stream->options->live_us;
}

int stream_open(struct stream *stream, const struct record_options *options,
		const char *program)
{
	int status;

	stream->options = options;
	stream->incomplete = false;
	if (options->stream)
		status = relay_connect(&stream->relay, &options->relay);
	else
		status = open_output(stream, program);
	if (!status && has_relay(stream))
		relay_url(stream->where, &stream->relay.address);
	return status;
}

void stream_say_follow(const struct stream *stream, const char *session)
{
	const char *host = stream->relay.address.host;
	char url[2 * RELAY_URL_MAX];

	if (!stream->options->live_us)
		return;
	relay_follow_url(url, &stream->relay.address, session);
	say("to follow%s%s: babeltrace2 --input-format=lttng-live %s",
	    *host == '[' ? ", at " : "", *host == '[' ? host : "", url);
}

bool stream_is_whole(struct stream *stream)
{
	if (!stream->options->stream && output_gone(&stream->output))
		return false;
	if (!has_relay(stream) || relay_stayed(&stream->relay))
		return true;
	say("the relay daemon at %s, port %u, has ended or does not answer: it "
	    "lacks what was recorded since",
	    stream->relay.address.host, stream->relay.address.control);
	return false;
}

void stream_mark_incomplete(struct stream *stream)
{
	stream->incomplete =
		!stream->options->stream && output_is_there(&stream->output);
}

bool stream_is_local(const struct stream *stream)
{
	return !has_relay(stream);
}

void stream_say_end(const struct stream *stream, const char *session,
		    bool whole, const char *next)
{
	const char *the = whole ? "the" : "INCOMPLETE", *path;
	char host[256] = "";

	if (!stream->options->stream) {
		path = stream->output.path;
		say("%s trace in %s; next: awaitctl %s %s", the, path, next,
		    path);
		return;
	}
	gethostname(host, sizeof(host) - 1);
	say("%s trace is in the folder of the relay daemon at %s, as %s/%s-*; "
	    "next, there: awaitctl report FOLDER",
	    the, stream->relay.address.host, host, session);
}

void stream_close(struct stream *stream, bool recorded)
{
	if (has_relay(stream))
		relay_release(&stream->relay);
	if (stream->incomplete && mend(stream->output.path) == 0)
		incomplete_mark(stream->output.path,
				"LTTng failed, as awaitctl record said");
	if (!recorded && !stream->options->stream)
		output_discard(&stream->output);
}

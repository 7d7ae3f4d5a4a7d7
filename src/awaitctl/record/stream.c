/* SPDX-License-Identifier: MIT */
/* See stream.h. */
#include "awaitctl/record/stream.h"

#include "awaitctl/tracedir/filtered.h"
#include "awaitctl/tracedir/identity.h"
#include "awaitctl/tracedir/incomplete.h"
#include "awaitctl/tracedir/live.h"
#include "awaitctl/tracedir/repair.h"
#include "awaitctl/common/say.h"
#include "awaitctl/common/usage.h"
#include "common/number.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PORT_MAX = 65535 };

/* Returns what follows the host, or NULL if there is no host. */
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
	uint64_t number;
	const char *rest = number_prefix(text, PORT_MAX, &number);

	if (!rest || number == 0)
		return NULL;
	*port = (unsigned)number;
	return rest;
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

static void discard(struct stream *stream)
{
	struct trouble why;

	if (output_discard(&stream->output, &why))
		say_trouble(&why);
}

/* See tracedir/live.h. */
static int open_live(struct stream *stream, const struct lttng_host *host,
		     const struct identity *identity, struct trouble *why)
{
	const struct folder *output = &stream->output.folder;
	char url[RELAY_URL_MAX];

	if (identity_write(identity, output))
		return trouble(why, "cannot write to %s: %s", output->path,
			       strerror(errno));
	if (relay_start(&stream->relay, host, output->path, why))
		return -1;
	relay_url(url, &stream->relay.address);
	snprintf(stream->where, sizeof(stream->where), "%s/%s", url,
		 identity->text);
	return 0;
}

/* What goes into it before LTTng writes there. */
static int fill_output(struct stream *stream, const struct lttng_host *host,
		       const struct identity *identity, struct trouble *why)
{
	const struct channels_options *channels = &stream->options->channels;

	if (channels->filter &&
	    filtered_write(&stream->output.folder, channels->filter,
			   channels->filtered, why))
		return -1;
	return stream->options->live_us ?
		       open_live(stream, host, identity, why) :
		       0;
}

static int open_output(struct stream *stream, const struct lttng_host *host,
		       const char *program, const struct identity *identity,
		       struct trouble *why)
{
	if (output_prepare(&stream->output, stream->options->directory, program,
			   why))
		return -1;
	snprintf(stream->where, sizeof(stream->where), "%s",
		 stream->output.folder.path);
	if (fill_output(stream, host, identity, why) == 0)
		return 0;
	discard(stream);
	folder_close(&stream->output.folder);
	return -1;
}

static bool has_relay(const struct stream *stream)
{
	return stream->options->stream || stream->options->live_us;
}

int stream_open(struct stream *stream, const struct record_options *options,
		const struct lttng_host *host, const char *program,
		const struct identity *identity, struct trouble *why)
{
	int rc;

	*stream = (struct stream){ .options = options };
	if (options->stream)
		rc = relay_connect(&stream->relay, host, &options->relay, why);
	else
		rc = open_output(stream, host, program, identity, why);
	if (rc == 0 && options->stream)
		relay_url(stream->where, &stream->relay.address);
	return rc;
}

void stream_say_follow(const struct stream *stream, const char *session)
{
	const char *host = stream->relay.address.host, *viewer = "";
	char url[2 * RELAY_URL_MAX];

	if (!stream->options->live_us)
		return;
	relay_follow_url(url, &stream->relay.address, session);
	/* The relay daemon hides such a session from an older viewer. */
	if (record_is_ctf2(stream->options))
		viewer = ", with babeltrace2 2.1 or later";
	say("to follow%s%s%s: babeltrace2 --input-format=lttng-live %s",
	    *host == '[' ? ", at " : "", *host == '[' ? host : "", viewer, url);
	if (!stream->options->stream)
		say("every user of this machine can follow, and write into the "
		    "recording: LTTng's relay daemon asks nobody who it is");
}

int stream_check(struct stream *stream, struct trouble *why)
{
	if (!stream->options->stream && output_check(&stream->output, why))
		return -1;
	if (!has_relay(stream) || relay_stayed(&stream->relay))
		return 0;
	return trouble(why,
		       "the relay daemon at %s, port %u, has ended or does not "
		       "answer: it lacks what was recorded since",
		       stream->relay.address.host,
		       stream->relay.address.control);
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

bool stream_has_trace(struct stream *stream)
{
	char below[PATH_MAX] = "";

	if (stream->options->stream)
		return true;
	stream->empty = (stream->options->live_us &&
			 !live_find(&stream->output.folder, below)) ||
			output_is_empty(&stream->output, below);
	return !stream->empty;
}

void stream_say_end(const struct stream *stream, const char *session,
		    bool whole, const char *next)
{
	const char *the = whole ? "the" : "INCOMPLETE", *path;
	char host[256] = "";

	if (!stream->options->stream) {
		path = stream->output.folder.path;
		say("%s trace in %s; next: awaitctl %s %s", the, path, next,
		    path);
		return;
	}
	gethostname(host, sizeof(host) - 1);
	say("%s trace is in the folder of the relay daemon at %s, as %s/%s-*; "
	    "next, there: awaitctl report FOLDER",
	    the, stream->relay.address.host, host, session);
}

static int mark_incomplete(const struct stream *stream, struct trouble *why)
{
	const struct folder *output = &stream->output.folder;

	if (repair_trace(output, "", why))
		return -1;
	return incomplete_mark(output, "LTTng failed, as awaitctl record said",
			       why);
}

void stream_close(struct stream *stream, bool recorded)
{
	struct trouble why;

	if (has_relay(stream))
		relay_release(&stream->relay);
	if (stream->incomplete && mark_incomplete(stream, &why))
		say_trouble(&why);
	if (stream->options->stream)
		return;
	if (!recorded || stream->empty)
		discard(stream);
	folder_close(&stream->output.folder);
}

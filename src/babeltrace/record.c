/* SPDX-License-Identifier: MIT */
/* See record.h. Of an event only those fields that it has are there, numbers
 * first, in the order of enum event_field. */
#include "babeltrace/record.h"

#include <stdlib.h>
#include <string.h>

struct event_body {
	uint64_t clock;
	int64_t vpid, vtid;
	uint32_t kind, has, host, depth;
};

struct file_body {
	int64_t process;
	uint64_t base, size;
	uint8_t build_id[MAPPED_FILE_BUILD_ID_MAX];
	uint32_t build_id_size;
	uint8_t has_path, has_build_id, dumped, loaded, unloaded;
};

/* --- making --- */

/* Makes room for a record with so many bytes behind its head. What a trace says
 * is of no such size that a record could not be: nobody could have recorded it.
 */
static uint8_t *begin(struct record_bytes *to, const struct record *head,
		      size_t body)
{
	size_t size = sizeof(*head) + body + (-body & 7);

	if (size > RECORD_SIZE_MAX)
		return NULL;
	if (to->room < size) {
		uint8_t *larger = realloc(to->bytes, 2 * size);

		if (!larger)
			return NULL;
		to->bytes = larger;
		to->room = 2 * size;
	}
	to->used = size;
	/* The last bytes may belong to nothing. */
	memset(to->bytes + size - 8, 0, 8);
	memcpy(to->bytes, head, sizeof(*head));
	((struct record *)(void *)to->bytes)->size = (uint32_t)size;
	return to->bytes + sizeof(*head);
}

static uint8_t *put(uint8_t *at, const void *bytes, size_t size)
{
	memcpy(at, bytes, size);
	return at + size;
}

static size_t size_of(const char *text)
{
	return strlen(text) + 1;
}

static uint8_t *put_text(uint8_t *at, const char *text)
{
	return put(at, text, size_of(text));
}

int record_make(struct record_bytes *to, const struct record *head)
{
	return begin(to, head, 0) ? 0 : -1;
}

int record_make_host(struct record_bytes *to, const struct record *head,
		     const struct record_host *host)
{
	uint8_t *at =
		begin(to, head,
		      sizeof(host->pid_ns) + size_of(host->trace_id) +
			      size_of(host->name) + size_of(host->session));

	if (!at)
		return -1;
	at = put(at, &host->pid_ns, sizeof(host->pid_ns));
	at = put_text(at, host->trace_id);
	at = put_text(at, host->name);
	put_text(at, host->session);
	return 0;
}

/* Its fields that are numbers come first. */
static const uint32_t numbers = ((uint32_t)1 << FIELD_NUMBERS) - 1;

int record_make_event(struct record_bytes *to, const struct record *head,
		      uint32_t host, const struct trace_event *event)
{
	const struct event_body body = {
		.clock = event->clock,
		.vpid = event->vpid,
		.vtid = event->vtid,
		.kind = event->kind,
		.has = event->has,
		.host = host,
		.depth = (uint32_t)event->depth,
	};
	size_t stack = event->depth * sizeof(*event->stack);
	size_t size = sizeof(body) + stack +
		      sizeof(*event->numbers) *
			      (size_t)__builtin_popcount(event->has & numbers);
	uint8_t *at;

	for (uint32_t has = event->has & ~numbers; has; has &= has - 1)
		size += size_of(event_string(event, __builtin_ctz(has)));
	at = begin(to, head, size);
	if (!at)
		return -1;
	at = put(at, &body, sizeof(body));
	for (uint32_t has = event->has & numbers; has; has &= has - 1)
		at = put(at, &event->numbers[__builtin_ctz(has)],
			 sizeof(*event->numbers));
	if (stack)
		at = put(at, event->stack, stack);
	for (uint32_t has = event->has & ~numbers; has; has &= has - 1)
		at = put_text(at, event_string(event, __builtin_ctz(has)));
	return 0;
}

int record_make_file(struct record_bytes *to, const struct record *head,
		     const struct mapped_file *file)
{
	struct file_body body = {
		.process = file->process,
		.base = file->base,
		.size = file->size,
		.build_id_size = (uint32_t)file->build_id_size,
		.has_path = file->path != NULL,
		.has_build_id = file->has_build_id,
		.dumped = file->dumped,
		.loaded = file->loaded,
		.unloaded = file->unloaded,
	};
	uint8_t *at =
		begin(to, head,
		      sizeof(body) + (file->path ? size_of(file->path) : 0));

	if (!at)
		return -1;
	memcpy(body.build_id, file->build_id, sizeof(body.build_id));
	at = put(at, &body, sizeof(body));
	if (file->path)
		put_text(at, file->path);
	return 0;
}

int record_make_discarded(struct record_bytes *to, const struct record *head,
			  uint64_t count)
{
	uint8_t *at = begin(to, head, sizeof(count));

	if (at)
		put(at, &count, sizeof(count));
	return at ? 0 : -1;
}

int record_make_cause(struct record_bytes *to, const struct record *head,
		      const char *cause)
{
	uint8_t *at = begin(to, head, size_of(cause));

	if (at)
		put_text(at, cause);
	return at ? 0 : -1;
}

/* --- taking apart --- */

struct rest {
	const uint8_t *bytes;
	size_t size;
};

static struct rest body_of(const struct record *record)
{
	return (struct rest){ (const uint8_t *)(record + 1),
			      record->size - sizeof(*record) };
}

static const void *take(struct rest *rest, size_t size)
{
	const uint8_t *bytes = rest->bytes;

	if (size > rest->size)
		return NULL;
	rest->bytes += size;
	rest->size -= size;
	return bytes;
}

static int take_number(struct rest *rest, uint64_t *number)
{
	const void *bytes = take(rest, sizeof(*number));

	if (!bytes)
		return -1;
	memcpy(number, bytes, sizeof(*number));
	return 0;
}

static int take_text(struct rest *rest, const char **text)
{
	const char *end = memchr(rest->bytes, 0, rest->size);

	if (!end)
		return -1;
	*text = take(rest, (size_t)(end - (const char *)rest->bytes) + 1);
	return 0;
}

int record_host(const struct record *record, struct record_host *host)
{
	struct rest rest = body_of(record);

	return take_number(&rest, &host->pid_ns) ||
			       take_text(&rest, &host->trace_id) ||
			       take_text(&rest, &host->name) ||
			       take_text(&rest, &host->session) ?
		       -1 :
		       0;
}

static const struct trace_event nothing = {
	.host = "",
	.session = "",
	.strings = { "", "", "", "", "" },
};

static int take_fields(struct rest *rest, struct trace_event *event)
{
	for (int i = 0; i < FIELD_NUMBERS; i++)
		if (event_has(event, i) &&
		    take_number(rest, &event->numbers[i]))
			return -1;
	if (event->depth > EVENT_DEPTH_MAX)
		return -1;
	if (event->depth)
		event->stack = take(rest, event->depth * sizeof(*event->stack));
	if (event->depth && !event->stack)
		return -1;
	for (uint32_t has = event->has & ~numbers; has; has &= has - 1)
		if (take_text(rest, &event->strings[__builtin_ctz(has) -
						    FIELD_NUMBERS]))
			return -1;
	return 0;
}

int record_event(const struct record *record, uint32_t *host,
		 struct trace_event *event)
{
	struct rest rest = body_of(record);
	const struct event_body *body = take(&rest, sizeof(*body));

	if (!body || body->kind >= EVENT_KINDS || body->has >> FIELDS)
		return -1;
	*event = nothing;
	event->kind = body->kind;
	event->has = body->has;
	event->time = record->time;
	event->clock = body->clock;
	event->vpid = body->vpid;
	event->vtid = body->vtid;
	event->depth = body->depth;
	*host = body->host;
	return take_fields(&rest, event);
}

int record_file(const struct record *record, struct mapped_file *file)
{
	struct rest rest = body_of(record);
	const struct file_body *body = take(&rest, sizeof(*body));

	if (!body || body->build_id_size > sizeof(file->build_id))
		return -1;
	*file = (struct mapped_file){ .process = body->process,
				      .time = record->time,
				      .base = body->base,
				      .size = body->size,
				      .has_build_id = body->has_build_id,
				      .dumped = body->dumped,
				      .loaded = body->loaded,
				      .unloaded = body->unloaded,
				      .build_id_size = body->build_id_size };
	memcpy(file->build_id, body->build_id, sizeof(file->build_id));
	return body->has_path ? take_text(&rest, &file->path) : 0;
}

int record_discarded(const struct record *record, uint64_t *count)
{
	struct rest rest = body_of(record);

	return take_number(&rest, count);
}

int record_cause(const struct record *record, const char **cause)
{
	struct rest rest = body_of(record);

	return take_text(&rest, cause);
}

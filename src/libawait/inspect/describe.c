/* SPDX-License-Identifier: MIT */
/*
 * Shows one await as one line, from a snapshot of it. The line shows what the
 * slot holds in the await's state: arguments while there is no value, then the
 * value. Kinds and sizes come from the descriptors, so no debug information is
 * needed; a struct is only its size.
 */
#define _GNU_SOURCE /* _dl_find_object */
#include "libawait/inspect/describe.h"

#include "common/await_text.h"
#include "libawait/core/thread.h"
#include "libawait/inspect/loaded_object.h"
#include "libawait/inspect/peek_text.h"

#include <await/inspect.h>

#include <errno.h>
#include <link.h>

/* Shows the value at offset in bytes, of which only count are known. */
static void line_payload(struct line *line, const unsigned char *bytes,
			 uint32_t count, uint32_t offset, uint32_t size,
			 uint32_t kind)
{
	uint64_t string;

	/* Compared this way round, as offset + size could wrap. */
	if (offset > count || size > count - offset)
		line_value(line, kind, NULL, size);
	else if (kind == AWAIT_KIND_STRING &&
		 value_word(bytes + offset, size, &string))
		line_string_at(line, string);
	else
		line_value(line, kind, bytes + offset, size);
}

_Static_assert(SERIAL_ATTEMPTS == ATTEMPTS_MOST, "says whether that is all");

static void line_args(struct line *line, const struct snapshot *s)
{
	const struct descriptor *d = &s->descriptor;
	bool saved = s->saved_size > 0;

	line_char(line, '(');
	for (uint32_t i = 0; i < d->arg_count; i++) {
		if (i > 0)
			line_text(line, ", ");
		line_payload(line, saved ? s->saved : s->payload,
			     saved ? s->saved_size : s->payload_size,
			     d->args[i].offset, d->args[i].size,
			     d->args[i].kind);
	}
	if (d->func.arg_count > d->arg_count)
		line_text(line, ", ...");
	line_char(line, ')');
}

static void line_owner(struct line *line, uint32_t word)
{
	uint32_t owner = owner_of(word), tid;

	if (word & FLAG_ORPHANED) {
		line_text(line, " on a thread before fork()");
		return;
	}
	if (owner >= THREADS_MAX)
		return;
	/* Relaxed: it is only shown; the thread may end meanwhile. */
	tid = atomic_load_explicit(&await_threads[owner].tid,
				   memory_order_relaxed);
	if (tid == 0)
		return;
	line_text(line, " on thread ");
	line_unsigned(line, tid);
}

void line_code(struct line *line, const void *addr)
{
	struct dl_find_object object;
	const char *name;

	if (!loaded_object_find(&object, addr)) {
		line_hex(line, (uintptr_t)addr);
		return;
	}
	name = object.dlfo_link_map->l_name;
	/* The program itself has no name there. */
	line_file(line, name && *name ? name : program_invocation_short_name);
	line_char(line, '+');
	line_hex(line, (uintptr_t)addr - object.dlfo_link_map->l_addr);
}

static void line_run(struct line *line, const struct snapshot *s)
{
	if (!s->run_addr)
		return;
	line_text(line, " waited for at ");
	line_code(line, s->run_addr);
}

void line_created(struct line *line, const struct descriptor *d)
{
	line_text(line, " created ");
	if (!d->known) {
		line_text(line, "at <unreadable> ");
		line_hex(line, (uintptr_t)d->at);
		return;
	}
	line_file(line, d->site.file);
	line_char(line, ':');
	line_unsigned(line, d->site.line);
}

void line_named_id(struct line *line, const struct await *aw, uint64_t id)
{
	char name[NAME_SIZE];

	name_table_get(aw, id, name);
	line_id(line, id);
	line_given_name(line, name);
}

void line_await(struct line *line, const struct snapshot *s)
{
	const struct descriptor *d = &s->descriptor;
	enum await_state state = state_of(s->word);
	bool lazy = d->known && d->func.origin == AWAIT_LAZY;

	line_id(line, s->id);
	line_given_name(line, s->name);
	line_char(line, ' ');
	if (d->known) {
		line_name(line, d->type.name);
		line_char(line, ' ');
	}
	line_text(line, state_name(state));
	if (d->known) {
		line_char(line, ' ');
		line_name(line, d->func.name);
	}
	if (lazy && ((state == AWAIT_RESOLVED && s->saved_size == 0) ||
		     state == AWAIT_CANCELLED))
		line_text(line, d->func.arg_count > 0 ? "(...)" : "()");
	else if (lazy)
		line_args(line, s);
	if (d->known && state == AWAIT_RESOLVED && d->type.size > 0) {
		line_text(line, " = ");
		line_payload(line, s->payload, s->payload_size, 0, d->type.size,
			     d->type.kind);
	}
	if (state == AWAIT_FAILED) {
		line_text(line, ": ");
		line_error(line, s->error, s->attempts);
	}
	if (state == AWAIT_RUNNING) {
		line_owner(line, s->word);
		if (s->word & FLAG_STOP)
			line_text(line, STOP_TEXT);
	}
	if (s->only_waiters > 0)
		line_text(line, ", ");
	line_only_waiters(line, s->only_waiters);
	line_run(line, s);
	line_created(line, d);
	if (s->held) {
		line_text(line, ", static ");
		line_name(line, d->site.function);
	}
}

EXPORT size_t await_core_describe(const struct await *aw, char *buffer,
				  size_t size)
{
	char nothing;
	struct line line =
		size > 0 ? line_begin(buffer, size) : line_begin(&nothing, 1);
	struct snapshot s;
	int error = errno;

	s.descriptor.at = NULL;
	if (!aw) {
		line_text(&line, "NULL");
	} else if (!await_core_valid(aw)) {
		line_text(&line, "no await: ");
		line_hex(&line, (uintptr_t)aw);
	} else {
		switch (snapshot_take(&s, aw)) {
		case SNAPSHOT_FREE:
			line_text(&line, "no await: ");
			line_hex(&line, (uintptr_t)aw);
			break;
		case SNAPSHOT_CHANGING:
			line_named_id(&line, aw, s.id);
			line_text(&line, " changing");
			break;
		case SNAPSHOT_TAKEN:
			line_await(&line, &s);
			break;
		}
	}
	line_end(&line);
	errno = error;
	return line.length;
}

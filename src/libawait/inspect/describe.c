/* SPDX-License-Identifier: MIT */
/*
 * One await as one line, of a snapshot of it. What is shown is what the slot
 * holds in the state it was in: arguments while there is no value, then the
 * value. Kinds and sizes come from the descriptors, so no debug information is
 * needed; a struct is only its size.
 */
#define _GNU_SOURCE /* strerrorname_np, _dl_find_object */
#include "libawait/inspect/describe.h"

#include "libawait/core/thread.h"
#include "libawait/inspect/peek_text.h"

#include <await/inspect.h>

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <string.h>

const char *state_name(enum await_state state)
{
	static const char *const names[] = { "free",	 "pending", "running",
					     "resolved", "failed",  "cancelled",
					     "?",	 "?" };

	return names[state & STATE_MASK];
}

void line_id(struct line *line, uint64_t id)
{
	line_char(line, '#');
	line_unsigned(line, (uint32_t)id);
	if (id >> 32 != 0) {
		line_char(line, '.');
		line_unsigned(line, id >> 32);
	}
}

static void line_bytes(struct line *line, uint32_t size)
{
	line_char(line, '{');
	line_unsigned(line, size);
	line_text(line, size == 1 ? " byte}" : " bytes}");
}

static bool line_float_of(struct line *line, const void *bytes, uint32_t size)
{
	union {
		float f;
		double d;
		long double l;
	} number;

	if (size > sizeof(number))
		return false;
	memcpy(&number, bytes, size);
	if (size == sizeof(number.f))
		line_float(line, (long double)number.f);
	else if (size == sizeof(number.d))
		line_float(line, (long double)number.d);
	else if (size == sizeof(number.l))
		line_float(line, number.l);
	else
		return false;
	return true;
}

/* False when it is nothing with one machine word of value. */
static bool line_word_of(struct line *line, const void *bytes, uint32_t size,
			 uint32_t kind)
{
	uint64_t bits = 0;
	unsigned unused = 64 - 8 * size;

	if (size == 0 || size > 8 || (size & (size - 1)) != 0)
		return false;
		/* As a little-endian number, whatever the machine. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	memcpy((char *)&bits + 8 - size, bytes, size);
#else
	memcpy(&bits, bytes, size);
#endif
	switch (kind) {
	case AWAIT_KIND_BOOL:
		line_text(line, bits ? "true" : "false");
		return true;
	case AWAIT_KIND_SIGNED:
		line_signed(line, (int64_t)(bits << unused) >> unused);
		return true;
	case AWAIT_KIND_UNSIGNED:
		line_unsigned(line, bits);
		return true;
	case AWAIT_KIND_STRING:
		line_string_at(line, (const char *)(uintptr_t)bits);
		return true;
	case AWAIT_KIND_POINTER:
		if (bits == 0)
			line_text(line, "NULL");
		else
			line_hex(line, bits);
		return true;
	default:
		return false;
	}
}

/* What lies at offset of the count bytes that are known. */
static void line_value(struct line *line, const unsigned char *bytes,
		       uint32_t count, uint32_t offset, uint32_t size,
		       uint32_t kind)
{
	bytes += offset;
	/* In this order: offset + size could wrap. */
	if (offset > count || size > count - offset ||
	    !(kind == AWAIT_KIND_FLOAT ? line_float_of(line, bytes, size) :
					 line_word_of(line, bytes, size, kind)))
		line_bytes(line, size);
}

static void line_args(struct line *line, const struct snapshot *s)
{
	const struct descriptor *d = &s->descriptor;
	bool saved = s->saved_size > 0;

	line_char(line, '(');
	for (uint32_t i = 0; i < d->arg_count; i++) {
		if (i > 0)
			line_text(line, ", ");
		line_value(line, saved ? s->saved : s->payload,
			   saved ? s->saved_size : s->payload_size,
			   d->args[i].offset, d->args[i].size, d->args[i].kind);
	}
	if (d->func.arg_count > d->arg_count)
		line_text(line, ", ...");
	line_char(line, ')');
}

static void line_error(struct line *line, const struct snapshot *s)
{
	const char *name = NULL;

	/* A table of constants: safe in a signal handler. */
	if (s->error < 0 && s->error > -4096)
		name = strerrorname_np(-s->error);
	line_text(line, ": ");
	if (name) {
		line_char(line, '-');
		line_text(line, name);
	} else {
		line_signed(line, s->error);
	}
	if (s->attempts == 0) /* a promise */
		return;
	line_text(line, " (");
	line_unsigned(line, s->attempts);
	line_text(line, s->attempts == SERIAL_ATTEMPTS ? " or more attempts)" :
			s->attempts == 1	       ? " attempt)" :
							 " attempts)");
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
	/* Relaxed: a number to show; the thread may end meanwhile. */
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

	/* Async-signal-safe, as dladdr() is not. */
	if (_dl_find_object((void *)(uintptr_t)addr, &object) != 0) {
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

void line_await(struct line *line, const struct snapshot *s)
{
	const struct descriptor *d = &s->descriptor;
	enum await_state state = state_of(s->word);
	bool lazy = d->known && d->func.origin == AWAIT_LAZY;

	line_id(line, s->id);
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
	if (d->known && state == AWAIT_RESOLVED) {
		line_text(line, " = ");
		line_value(line, s->payload, s->payload_size, 0, d->type.size,
			   d->type.kind);
	}
	if (state == AWAIT_FAILED)
		line_error(line, s);
	if (state == AWAIT_RUNNING)
		line_owner(line, s->word);
	line_run(line, s);
	line_created(line, d);
}

EXPORT size_t await_core_describe(const struct await *aw, char *buffer,
				  size_t size)
{
	struct line line = {
		.at = buffer,
		.end = size > 0 ? buffer + size - 1 : buffer,
	};
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
			line_id(&line, s.id);
			line_text(&line, " changing");
			break;
		case SNAPSHOT_TAKEN:
			line_await(&line, &s);
			break;
		}
	}
	if (size > 0)
		*line.at = '\0';
	errno = error;
	return line.length;
}

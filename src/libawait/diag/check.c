/* SPDX-License-Identifier: MIT */
/*
 * Misuse that can be seen, and by what name it is told.
 *
 * Always: NULL, a handle whose await has ended while its slot lies free, and a
 * handle cast to a type whose values look otherwise. These cost a compare where
 * the state or the function is looked at anyway.
 *
 * LIBAWAIT_DEBUG=check also looks the pointer up among all slots, looks whether
 * the function is still there, sends hits here too (every await is watched),
 * and keeps the last HELD slots that were freed out of use, so that old handles
 * to them stay recognizable. It says what it finds in one line, with the
 * caller's address for addr2line(1).
 *
 * Functions that return an error return this one. await_ref() and await_unref()
 * have none to return and abort, as free() does.
 */
#define _GNU_SOURCE /* strerrorname_np */
#include "libawait/inspect/describe.h"

#include <await/inspect.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HELD 65536u

static AWAIT_ATOMIC(struct await *) held[HELD];
static AWAIT_ATOMIC(uint32_t) held_next;

bool check_layout(const struct await_type *type, uint32_t layout)
{
	/* What both an int and an enum, a char * and a void * are: two
	 * languages need not agree on more. */
	enum { NUMBER, FLOAT, POINTER };
	static const uint8_t class_of_kind[8] = {
		[AWAIT_KIND_FLOAT] = FLOAT,
		[AWAIT_KIND_STRING] = POINTER,
		[AWAIT_KIND_POINTER] = POINTER,
	};
	uint32_t kind = layout & 7;

	if (layout == AWAIT_LAYOUT_ANY)
		return true;
	if (type->size != layout >> 3)
		return false;
	return kind == AWAIT_KIND_OPAQUE || type->kind == AWAIT_KIND_OPAQUE ||
	       class_of_kind[kind] == class_of_kind[type->kind & 7];
}

static int judge(const struct await *aw, uint32_t layout)
{
	struct descriptor d = { .at = NULL };
	char code;

	if (!aw)
		return -EINVAL;
	if (!inspect_is_slot(aw))
		return -EFAULT;
	if (await_core_state(aw) == AWAIT_FREE)
		return -ESTALE;
	if (!descriptor_load(&d, aw->site) ||
	    (d.func.run &&
	     !peek_all(&code, (const char *)(uintptr_t)d.func.run, 1)))
		return -ENOEXEC;
	return check_layout(&d.type, layout) ? 0 : -EPROTOTYPE;
}

static void line_layout(struct line *line, uint32_t layout)
{
	static const char *const kinds[] = { "bytes",	 "bool",  "signed",
					     "unsigned", "float", "string",
					     "pointer",	 "?" };

	line_unsigned(line, layout >> 3);
	line_text(line, layout >> 3 == 1 ? " byte" : " bytes");
	if ((layout & 7) == AWAIT_KIND_OPAQUE)
		return;
	line_text(line, " of ");
	line_text(line, kinds[layout & 7]);
}

/* What the handle is, or was. */
static void line_handle(struct line *line, const struct await *aw,
			uint32_t layout, int rc)
{
	struct snapshot s;

	s.descriptor.at = NULL;
	switch (rc) {
	case -EINVAL:
		line_text(line, "NULL");
		return;
	case -EFAULT:
		line_hex(line, (uintptr_t)aw);
		line_text(line, " is no await");
		return;
	case -ESTALE:
		line_hex(line, (uintptr_t)aw);
		line_text(line, " has ended: it was ");
		line_id(line, inspect_last_id(aw));
		return;
	default:
		break;
	}
	if (snapshot_take(&s, aw) == SNAPSHOT_TAKEN)
		line_await(line, &s);
	if (rc == -ENOEXEC) {
		line_text(line, ": its library was unloaded");
	} else {
		line_text(line, ": its value has ");
		line_layout(line, AWAIT_LAYOUT(s.descriptor.type.size,
					       s.descriptor.type.kind));
		line_text(line, ", not ");
		line_layout(line, layout);
	}
}

static void say(const struct await *aw, uint32_t layout, const char *operation,
		const void *addr, int rc)
{
	struct out out = { .fd = STDERR_FILENO };
	struct line line = out_line(&out);

	line_text(&line, "await: ");
	line_text(&line, operation);
	line_text(&line, ": -");
	line_text(&line, strerrorname_np(-rc));
	line_text(&line, ": ");
	line_handle(&line, aw, layout, rc);
	line_text(&line, ", called at ");
	line_code(&line, addr);
	out_end(&out, &line);
	out_flush(&out);
}

COLD int check_loudly(const struct await *aw, uint32_t layout,
		      const char *operation, const void *addr)
{
	int rc = judge(aw, layout), error = errno;

	if (rc != 0)
		say(aw, layout, operation, addr, rc);
	errno = error;
	return rc;
}

COLD void check_reference(const struct await *aw, const char *operation,
			  const void *addr)
{
	int rc = check_loudly(aw, AWAIT_LAYOUT_ANY, operation, addr);

	if (rc == -EFAULT || rc == -ESTALE)
		abort();
}

COLD void check_die(const struct await *aw, const char *operation,
		    const void *addr)
{
	say(aw, AWAIT_LAYOUT_ANY, operation, addr, -ESTALE);
	abort();
}

struct await *check_hold(struct await *aw)
{
	/* Relaxed: each number is given once; the slots are handed over by the
	 * exchange. */
	uint32_t at =
		atomic_fetch_add_explicit(&held_next, 1, memory_order_relaxed);

	/* Acquire and release: what was done to a slot before it came comes
	 * before what is done after it left; partner: itself. */
	return atomic_exchange_explicit(&held[at % HELD], aw,
					memory_order_acq_rel);
}

/* SPDX-License-Identifier: MIT */
/* See misuse.h. */
#include "libawait/diag/misuse.h"

#include "common/await_text.h"
#include "libawait/core/id.h"
#include "libawait/core/slab.h"
#include "libawait/inspect/describe.h"
#include "libawait/inspect/out.h"

#include <errno.h>

static void line_layout(struct line *line, uint32_t layout)
{
	static const char *const kinds[] = { "bytes",	 "bool",  "signed",
					     "unsigned", "float", "string",
					     "pointer",	 "done" };

	line_unsigned(line, layout >> 3);
	line_text(line, layout >> 3 == 1 ? " byte" : " bytes");
	if ((layout & 7) == AWAIT_KIND_OPAQUE)
		return;
	line_text(line, " of ");
	line_text(line, kinds[layout & 7]);
}

enum handle_kind handle_kind(const struct await *aw)
{
	if (!aw)
		return HANDLE_NULL;
	if (!slab_has_slot(aw))
		return HANDLE_FOREIGN;
	if (await_core_state(aw) != AWAIT_FREE)
		return HANDLE_LIVE;
	/* Nothing has ended in a slot that was never used. */
	return serial_of(aw) < SERIAL_GENERATION_ONE ? HANDLE_FOREIGN :
						       HANDLE_ENDED;
}

void line_no_handle(struct line *line, const struct await *aw,
		    enum handle_kind kind, const char *between)
{
	if (kind == HANDLE_NULL) {
		line_text(line, "NULL");
		return;
	}
	line_hex(line, (uintptr_t)aw);
	line_text(line, between);
	if (kind == HANDLE_FOREIGN) {
		line_text(line, " is no await");
		return;
	}
	line_text(line, " has ended: it was ");
	line_named_id(line, aw, slot_last_id(aw));
}

/* Shows what the handle is, or was. It may have become another await's since
 * the error was found. */
static void line_handle(struct line *line, const struct await *aw,
			uint32_t layout, int rc)
{
	enum handle_kind kind = handle_kind(aw);
	struct snapshot s;

	s.descriptor.at = NULL;
	if (kind != HANDLE_LIVE) {
		line_no_handle(line, aw, kind, "");
		return;
	}
	if (snapshot_take(&s, aw) == SNAPSHOT_TAKEN)
		line_await(line, &s);
	else
		line_named_id(line, aw, await_core_id(aw));
	if (rc == -ENOEXEC) {
		line_text(line, ": its library was unloaded");
	} else if (rc == -EOVERFLOW) {
		line_text(line, ": it has too many references to be counted: "
				"it will never end");
	} else if (rc == -EPIPE) {
		line_text(line, ": its owner was given back, but not by "
				"await_owner_drop(), so nobody was told");
	} else if (rc == -EPROTOTYPE && s.descriptor.at) {
		line_text(line, ": its value has ");
		line_layout(line, AWAIT_LAYOUT(s.descriptor.type.size,
					       s.descriptor.type.kind));
		line_text(line, ", not ");
		line_layout(line, layout);
	}
}

void misuse_print(const struct await *aw, uint32_t layout,
		  const char *operation, const void *addr, int rc)
{
	struct out out;
	struct line line = note_begin(&out, operation);

	line_text(&line, ": ");
	line_error_name(&line, rc); /* what it means here follows */
	line_text(&line, ": ");
	line_handle(&line, aw, layout, rc);
	line_text(&line, ", called at ");
	line_code(&line, addr);
	note_end(&out, &line);
}

void misuse_owner_lost(const struct await *aw, const void *addr)
{
	misuse_print(aw, AWAIT_LAYOUT_ANY, "await_unref", addr, -EPIPE);
}

void misuse_saturated(const struct await *aw, const void *addr)
{
	static AWAIT_ATOMIC(uint32_t) said;

	/* Relaxed: it orders nothing. */
	if (atomic_exchange_explicit(&said, 1, memory_order_relaxed) == 0)
		misuse_print(aw, AWAIT_LAYOUT_ANY, "await_ref", addr,
			     -EOVERFLOW);
}

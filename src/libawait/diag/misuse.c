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
					     "pointer",	 "?" };

	line_unsigned(line, layout >> 3);
	line_text(line, layout >> 3 == 1 ? " byte" : " bytes");
	if ((layout & 7) == AWAIT_KIND_OPAQUE)
		return;
	line_text(line, " of ");
	line_text(line, kinds[layout & 7]);
}

/* Shows what the handle is, or was. */
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
		line_id(line, slot_last_id(aw));
		return;
	default:
		break;
	}
	if (snapshot_take(&s, aw) == SNAPSHOT_TAKEN)
		line_await(line, &s);
	if (rc == -ENOEXEC) {
		line_text(line, ": its library was unloaded");
	} else if (rc == -EOVERFLOW) {
		line_text(line, ": it has too many references to be counted: "
				"it will never end");
	} else {
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

void misuse_saturated(const struct await *aw, const void *addr)
{
	static AWAIT_ATOMIC(uint32_t) said;

	/* Relaxed: it orders nothing. */
	if (atomic_exchange_explicit(&said, 1, memory_order_relaxed) == 0)
		misuse_print(aw, AWAIT_LAYOUT_ANY, "await_ref", addr,
			     -EOVERFLOW);
}

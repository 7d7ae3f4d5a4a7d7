/* SPDX-License-Identifier: MIT */
/*
 * Aborts the process, with a line that says why: a value was requested that
 * does not exist (await_core_die()), or a handle was misused where no error can
 * be returned (abort_misuse(), whose line misuse.c writes).
 */
#include "libawait/diag/abort.h"

#include "common/await_text.h"
#include "libawait/diag/misuse.h"
#include "libawait/inspect/describe.h"
#include "libawait/inspect/out.h"
#include "libawait/inspect/peek_text.h"

#include <errno.h>
#include <stdlib.h>

static void line_place(struct line *line, const char *file, int number)
{
	line_text(line, file);
	line_char(line, ':');
	line_unsigned(line, (uint64_t)number);
}

/* What is a live await, as far as can be seen. */
static void line_without_value(struct line *line, const struct await *aw,
			       int rc, const char *file, int number)
{
	struct snapshot s;

	s.descriptor.at = NULL;
	if (snapshot_take(&s, aw) == SNAPSHOT_TAKEN && s.descriptor.known) {
		line_id(line, s.id);
		line_given_name(line, s.name);
		line_char(line, ' ');
		line_name(line, s.descriptor.func.name);
		line_text(line, ", created at ");
		line_name(line, s.descriptor.site.file);
		line_char(line, ':');
		line_unsigned(line, s.descriptor.site.line);
	} else {
		line_named_id(line, aw, await_core_id(aw));
	}
	line_text(line, ", waited for at ");
	line_place(line, file, number);
	line_text(line, ", has no value: ");
	line_error(line, rc, 0);
}

EXPORT void await_core_die(const struct await *aw, int rc, const char *file,
			   int line)
{
	enum handle_kind kind = handle_kind(aw);
	struct out out;
	struct line text = note_begin(&out, "");

	if (kind == HANDLE_LIVE) {
		line_without_value(&text, aw, rc, file, line);
	} else {
		line_place(&text, file, line);
		line_text(&text, " waited for ");
		line_no_handle(&text, aw, kind, ", which");
		if (kind == HANDLE_NULL)
			line_text(&text, ": was awaitable() out of memory?");
	}
	note_end(&out, &text);
	abort();
}

COLD void abort_misuse(const struct await *aw, const char *operation,
		       const void *addr, int rc)
{
	misuse_print(aw, AWAIT_LAYOUT_ANY, operation, addr, rc);
	abort();
}

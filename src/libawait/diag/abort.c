/* SPDX-License-Identifier: MIT */
/*
 * Aborts the process, with a line that says why: a value was requested that
 * does not exist (await_core_die()), or a handle was misused where no error can
 * be returned (abort_misuse(), whose line misuse.c writes).
 */
#include "libawait/diag/abort.h"

#include "common/await_text.h"
#include "libawait/diag/misuse.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

EXPORT void await_core_die(const struct await *aw, int rc, const char *file,
			   int line)
{
	char id_text[32], error_text[128];
	struct line id = line_begin(id_text, sizeof(id_text));
	struct line error = line_begin(error_text, sizeof(error_text));

	if (!aw) {
		dprintf(STDERR_FILENO,
			"await: %s:%d waited for NULL: was awaitable() out of "
			"memory?\n",
			file, line);
		abort();
	}
	line_id(&id, await_core_id(aw));
	line_end(&id);
	line_error(&error, rc, 0);
	line_end(&error);
	dprintf(STDERR_FILENO,
		"await: %s %s, created at %s:%u, waited for at %s:%d, has no "
		"value: %s\n",
		id_text, aw->site->func->name, aw->site->file, aw->site->line,
		file, line, error_text);
	abort();
}

COLD void abort_misuse(const struct await *aw, const char *operation,
		       const void *addr, int rc)
{
	misuse_print(aw, AWAIT_LAYOUT_ANY, operation, addr, rc);
	abort();
}

/* SPDX-License-Identifier: MIT */
/* The texts that a process aborts with. */
#include "libawait/diag/abort.h"

#include "libawait/diag/misuse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

EXPORT void await_core_die(const struct await *aw, int rc, const char *file,
			   int line)
{
	if (!aw) {
		dprintf(STDERR_FILENO,
			"await: %s:%d waited for NULL: was awaitable() out of "
			"memory?\n",
			file, line);
		abort();
	}
	dprintf(STDERR_FILENO,
		"await: #%llu %s, created at %s:%u, waited for at %s:%d, has "
		"no value: %d (%s)\n",
		(unsigned long long)await_core_id(aw), aw->site->func->name,
		aw->site->file, aw->site->line, file, line, rc, strerror(-rc));
	abort();
}

COLD void abort_misuse(const struct await *aw, const char *operation,
		       const void *addr, int rc)
{
	misuse_print(aw, AWAIT_LAYOUT_ANY, operation, addr, rc);
	abort();
}

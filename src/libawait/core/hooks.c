/* SPDX-License-Identifier: MIT */
/*
 * The hooks of a core without the rest of the library: misuse prints one
 * constant line and aborts. The others are never called, as nothing sets their
 * bits.
 */
#include "libawait/core/hooks.h"

#include <stdlib.h>
#include <unistd.h>

static void begin(void)
{
}

static void fatal(const struct await *aw, const char *operation,
		  const void *addr, int rc)
{
	static const char line[] = "await: a handle to no await was used\n";

	(void)aw, (void)operation, (void)addr, (void)rc;
	(void)!write(STDERR_FILENO, line, sizeof(line) - 1);
	abort();
}

static void saturated(const struct await *aw, const void *addr)
{
	(void)aw, (void)addr;
}

static void end_left(struct thread *self, const void *addr, const void *sp)
{
	(void)self, (void)addr, (void)sp;
}

/* Weak: start/hooks.c has the table of the whole library. */
__attribute__((weak)) const struct core_hooks core_hooks = {
	.begin = begin,
	.fatal = fatal,
	.saturated = saturated,
	.end_left = end_left,
};

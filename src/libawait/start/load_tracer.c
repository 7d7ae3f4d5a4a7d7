/* SPDX-License-Identifier: MIT */
/*
 * LIBAWAIT_TRACE in the environment loads the tracer into a program that was
 * not linked with it: 1 for the installed one, or a path. A program that cannot
 * be traced runs untraced, after one line on stderr. That includes programs
 * that are linked with libawait.a and are static, or do not export its symbols:
 * the tracer would then get the events of a libawait.so that nobody uses.
 */
#define _GNU_SOURCE
#include "libawait/start/load_tracer.h"

#include "common/beside.h"
#include <await/inspect.h>

#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRACER "libawait-trace.so.0"
#define LTTNG "libawait-lttng.so.0" /* which that loads */

/* Looks at the first file only, which is the program itself. */
static int find_interpreter(struct dl_phdr_info *info, size_t size, void *found)
{
	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++)
		*(bool *)found |= info->dlpi_phdr[i].p_type == PT_INTERP;
	return 1;
}

static bool is_dynamic(void)
{
	bool found = false;

	dl_iterate_phdr(find_interpreter, &found);
	return found;
}

/* Whether the tracer calls this copy of the library: it looks symbols up in the
 * program's files first, then in libawait.so. */
static bool is_used_by(void *lttng)
{
	void *theirs = dlsym(RTLD_DEFAULT, "await_each");

	if (!theirs)
		theirs = dlsym(lttng, "await_each");
	return theirs == (void *)(uintptr_t)await_each;
}

/* Loads the tracer. Returns NULL, or why it cannot. */
static const char *load(const char *tracer)
{
	void *lttng;

	if (!is_dynamic())
		return "a static program cannot load it";
	/* It is loaded already: linked, preloaded, or by another copy of
	 * libawait in this process, which thereby loaded this one. */
	if (dlopen(tracer, RTLD_LAZY | RTLD_NOLOAD))
		return NULL;
	if (!beside_open(tracer, RTLD_NOW | RTLD_NODELETE))
		return dlerror();
	lttng = dlopen(LTTNG, RTLD_LAZY | RTLD_NOLOAD);
	if (lttng && !is_used_by(lttng))
		return "it does not see the libawait.a in the program: link "
		       "with -rdynamic, or with libawait.so";
	return NULL;
}

void load_tracer(void)
{
	/* secure_getenv: no loading into set-user-id programs. */
	const char *wish = secure_getenv("LIBAWAIT_TRACE"), *why_not;

	if (!wish || wish[0] == '\0' || strcmp(wish, "0") == 0)
		return;
	why_not = load(strcmp(wish, "1") == 0 ? TRACER : wish);
	if (why_not)
		dprintf(STDERR_FILENO,
			"await: LIBAWAIT_TRACE: running untraced: %s\n",
			why_not);
}
